/** How money, times and lengths of time are written for people. Pure; works in browsers and in Node. */

/** Formatters are slow to make and few: currencies and time zones of one page. */
const money = new Map<string, Intl.NumberFormat>()
const times = new Map<string, Intl.DateTimeFormat>()

/** Currencies by their digits after the point where these are not two (ISO 4217). Browsers leave out what is not in use, as of HUF. */
const digitsOf: ReadonlyMap<string, number> = new Map(
  Object.entries({
    0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
    3: 'BHD IQD JOD KWD LYD OMR TND',
    4: 'CLF UYW',
  }).flatMap(([digits, currencies]) => currencies.split(' ').map((currency) => [currency, Number(digits)] as const)),
)

/** An amount in minor units in the reader's own way of writing (or that of `locale`): 150 EUR is €1.50 or 1,50 €. */
export function formatMoney(amountMinor: number, currency: string, locale?: string): string {
  const digits = digitsOf.get(currency) ?? 2
  const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  const format = keep(
    money,
    `${locale} ${currency}`,
    () => new Intl.NumberFormat(locale, { style: 'currency', currency, ...exact }),
  )
  return format.format(amountMinor / 10 ** digits)
}

/** Time of day with seconds, `14:03:12`. An unknown time zone reads as UTC and says so. */
export function formatClock(ts: number, timeZone?: string): string {
  return formatIn(ts, timeZone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
}

/** Day and time of day, `21 November 2026, 14:03`. */
export function formatDayAndTime(ts: number, timeZone?: string): string {
  const day = formatIn(ts, timeZone, { day: 'numeric', month: 'long', year: 'numeric' })
  return `${day}, ${formatIn(ts, timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}`
}

function formatIn(ts: number, timeZone: string | undefined, options: Intl.DateTimeFormatOptions): string {
  const key = `${timeZone} ${Object.keys(options)}`
  try {
    return keep(
      times,
      key,
      () => new Intl.DateTimeFormat('en-GB', { ...options, ...(timeZone && { timeZone }) }),
    ).format(ts)
  } catch {
    return `${new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(ts)} UTC`
  }
}

/** `4 s`, `12 min`, `3 h`, `2 days`: one number, rounded down. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  const days = Math.floor(seconds / 86_400)
  return days === 1 ? '1 day' : `${days} days`
}

/** A share as percent, `10 %`, `5.5 %`. */
export function formatRate(rate: number): string {
  return `${Number((rate * 100).toFixed(2))} %`
}

function keep<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key)
  if (known !== undefined) return known
  const made = make()
  cache.set(key, made)
  return made
}

/** A name as it stands within a line: no line breaks, no signs that move others about or that nobody sees. */
export function oneLine(name: string): string {
  return name.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim()
}
