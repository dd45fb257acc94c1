/**
 * Amounts as Stripe counts them: minor units of ISO 4217 for nearly all currencies, and what follows for the others
 * (https://docs.stripe.com/currencies#special-cases). Pure.
 */

/** They have no minor unit; Stripe counts hundredths all the same. */
const inHundredths: ReadonlySet<string> = new Set(['ISK', 'UGX'])
/** They have hundredths; Stripe counts whole ones. */
const inWholes: ReadonlySet<string> = new Set(['MGA'])
/** They have thousandths; Stripe counts them, and the last digit must be 0. */
const inThousandths: ReadonlySet<string> = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND'])

/** Null: Stripe moves no such amount of this currency. */
export function stripeAmount(currency: string, amountMinor: number): number | null {
  if (inHundredths.has(currency)) return amountMinor * 100
  if (inWholes.has(currency)) return amountMinor % 100 === 0 ? amountMinor / 100 : null
  return inThousandths.has(currency) && amountMinor % 10 !== 0 ? null : amountMinor
}

/** The other way round, minor units. */
export function minorOf(currency: string, amount: number): number {
  if (inHundredths.has(currency)) return amount / 100
  return inWholes.has(currency) ? amount * 100 : amount
}
