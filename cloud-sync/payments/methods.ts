/** What an account pays with: a token of the provider, kept with the provider's name. */
import { ServiceError } from '../errors.ts'
import type { SqlSession } from '../sql.ts'
import type { PaymentProvider } from './provider.ts'

/** The account's token at this provider, or what it charges where nothing was chosen; null: it cannot be charged. */
export async function methodOf(
  session: SqlSession,
  provider: PaymentProvider,
  accountId: string,
): Promise<string | null> {
  const [row] = await session.query<{ payment_provider: string | null; payment_method: string | null }>(
    'SELECT payment_provider, payment_method FROM account WHERE id = ?',
    [accountId],
  )
  // A token of another provider means nothing to this one.
  return row?.payment_provider === provider.name ? row.payment_method : provider.defaultMethod
}

/** Throws UNKNOWN_METHOD. What is not in the provider's list could be somebody else's. */
export function requireChoice({ choices }: PaymentProvider, token: string): void {
  if (choices.some((choice) => choice.token === token)) return
  const wanted = choices.map((choice) => choice.token).join(', ') || "a card chosen on the provider's page"
  throw new ServiceError('UNKNOWN_METHOD', `found "${token}", wanted one of ${wanted}`)
}

export async function setMethod(
  session: SqlSession,
  provider: PaymentProvider,
  accountId: string,
  token: string,
): Promise<void> {
  await session.run('UPDATE account SET payment_provider = ?, payment_method = ? WHERE id = ?', [
    provider.name,
    token,
    accountId,
  ])
}
