/** A score in words, for people. */
import type { Score } from '../score.ts'
import type { Report } from '../simulate.ts'

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

export function scoreInWords({ shoppers, money, stages, wrong, ...score }: Score): string {
  const rows: [string, string][] = [
    ['F1', score.f1.toFixed(4)],
    ['precision / recall', `${score.precision.toFixed(4)} / ${score.recall.toFixed(4)}`],
    ['exact receipts', `${percent(score.exactReceipts)} of ${shoppers}`],
    ['sent to review', percent(score.reviewShare)],
    ['overcharged', `${percent(money.overShare)} of what was due`],
    ['undercharged', percent(money.underShare)],
    ['detection', `${percent(stages.detection)} of ${stages.pieces} pieces moved; ${stages.invented} invented`],
    ['product', `${percent(stages.product)} of those found`],
    ['association', `${percent(stages.association)} of those found`],
  ]
  const table = rows.map(([name, value]) => `  ${name.padEnd(20)}${value}`)
  return [...table, ...wrong.slice(0, 10).map((one) => `  wrong: ${wrongInWords(one)}`)].join('\n')
}

/** What is wrong with a receipt. */
export function wrongInWords({ shopper, missing, extra, bills }: Score['wrong'][number]): string {
  const list = (word: string, lines: typeof missing): string[] =>
    lines.length === 0 ? [] : [`${word} ${lines.map(({ sku, quantity }) => `${quantity} x ${sku}`).join(', ')}`]
  const parts = [
    ...list('not billed', missing),
    ...list('billed beyond', extra),
    ...(bills > 1 ? [`${bills} bills`] : []),
  ]
  return `${shopper}: ${parts.join('; ')}`
}

export function reportInWords({ seed, scenario, entry, score, counts, timing }: Report): string {
  const { pickToCart } = timing
  const minutes = (counts.virtualMs / 60_000).toFixed(1)
  const head = `${scenario}, seed ${seed}, ${entry} entry: ${counts.parties} bills due, ${counts.shelfEvents} shelf events, ${minutes} min of shop time`
  const pace = `  ${(timing.wallMs / 1000).toFixed(1)} s, ${timing.timesRealTime}x real time; ${counts.messages} messages, ${counts.rejected} refused`
  const latency =
    pickToCart === null
      ? []
      : [`  pick to cart        p50 ${pickToCart.p50Ms} ms, p95 ${pickToCart.p95Ms} ms, p99 ${pickToCart.p99Ms} ms`]
  return [head, scoreInWords(score), ...latency, pace].join('\n')
}

/** Of the same day, where a simulated tracker says who is where. */
export function besideInWords({ f1, exactReceipts, reviewShare }: Score): string {
  return `the same day with the simulated tracker: F1 ${f1.toFixed(4)}, ${percent(exactReceipts)} exact receipts, ${percent(reviewShare)} sent to review`
}
