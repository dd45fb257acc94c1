/** The payment provider at the far end of a bad line: a server that behaves like Stripe's or Alipay's, and what money it moved. */
import { keyOf } from '../../../cloud-sync/payments/alipay-answers.ts'
import { startAlipayServer } from '../../../cloud-sync/testing/alipay-server.ts'
import type { ServerKeys } from '../../../cloud-sync/testing/near-server.ts'
import { startStripeServer } from '../../../cloud-sync/testing/stripe-server.ts'
import type { Moves } from '../oracle/books.ts'

export interface LineProvider {
  readonly name: 'stripe' | 'alipay'
  readonly url: URL
  /** What the account service has of it in its environment. */
  readonly env: Readonly<Record<string, string>>
  /** Tokens: of one that pays, and of one that never has enough. */
  readonly good: string
  readonly poor: string
  /** How often it was asked for something. */
  readonly asked: () => number
  readonly moves: () => Moves
  close(): Promise<void>
}

/** Over https with these keys. */
export function startProvider(name: LineProvider['name'], keys: ServerKeys): Promise<LineProvider> {
  return name === 'stripe' ? stripe(keys) : alipay(keys)
}

async function stripe(keys: ServerKeys): Promise<LineProvider> {
  const { url, requests, intents, refunds, netMinor, close } = await startStripeServer(keys)
  const keyOfAttempt = ({ metadata }: { metadata: { tillfree_attempt?: string } }) => metadata.tillfree_attempt ?? ''
  return {
    name: 'stripe',
    url,
    env: { TILLFREE_STRIPE_KEY: 'sk_test_of_the_tests' },
    good: 'cus_1-pm_good',
    poor: 'cus_1-pm_poor',
    asked: () => requests.length,
    moves: () =>
      movesOf(netMinor, [
        ...[...intents.values()].map((each) => [keyOfAttempt(each), charged(each.status === 'succeeded')] as const),
        ...refunds.map((each) => [keyOfAttempt(each), 'refunded'] as const),
      ]),
    close,
  }
}

async function alipay(serverKeys: ServerKeys): Promise<LineProvider> {
  const { url, keys, requests, trades, refunds, netMinor, close } = await startAlipayServer(serverKeys)
  const { appId, privateKey, alipayPublicKey } = keys
  return {
    name: 'alipay',
    url,
    env: {
      TILLFREE_ALIPAY_APP_ID: appId,
      TILLFREE_ALIPAY_PRIVATE_KEY: privateKey,
      TILLFREE_ALIPAY_PUBLIC_KEY: alipayPublicKey,
    },
    good: 'agreement-5000',
    poor: 'agreement-1000',
    asked: () => requests.length,
    moves: () =>
      movesOf(netMinor, [
        ...[...trades].map(([key, { status }]) => [keyOf(key), charged(status === 'TRADE_SUCCESS')] as const),
        ...[...refunds.keys()].map((key) => [keyOf(key), 'refunded'] as const),
      ]),
    close,
  }
}

type Effect = 'captured' | 'declined' | 'refunded'
const charged = (isTaken: boolean): Effect => (isTaken ? 'captured' : 'declined')

function movesOf(netMinor: () => number, effects: readonly (readonly [key: string, kind: Effect])[]): Moves {
  const done = new Map(effects.map(([key, kind]) => [key, { answer: { kind } }]))
  const misused = effects.map(([key]) => key).filter((key, i, keys) => keys.indexOf(key) !== i)
  return { done, misused, netMinor }
}
