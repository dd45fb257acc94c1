/** Words for what browsers and ways to sign in call themselves. */
import type { SessionView } from '../../../../models/contracts/people.ts'

const systems: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/CrOS/, 'Chromebook'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'Mac'],
  [/Linux/, 'Linux'],
]
/** The first that fits: most browsers name others, too. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/Edg/, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrom|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
]

/** "Firefox on Android", for a User-Agent header. */
export function deviceWords(userAgent: string): string {
  const of = (names: typeof systems) => names.find(([pattern]) => pattern.test(userAgent))?.[1]
  return [of(browsers) ?? 'A browser', of(systems)].filter((word) => word !== undefined).join(' on ')
}

export function wayWords(way: SessionView['way']): string {
  switch (way) {
    case 'passkey':
      return 'with a passkey'
    case 'email-code':
      return 'with a code by e-mail'
    case 'link':
      return 'with a sign-in link or code'
  }
}
