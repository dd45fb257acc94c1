/**
 * The provider that comes with the service: no money moves. What becomes of an order is decided by the payment method
 * alone, so the same order has the same answer at any time, with nothing to remember.
 */
import type { Answer, ChargeOrder, FollowUpOrder, Order, PaymentProvider } from './provider.ts'

const testMethods = {
  'test-ok': 'A card that works',
  'test-two-steps': 'A card whose money is held first and taken then',
  'test-slow': 'A bank that takes half a minute',
  'test-second-try': 'Not enough money at the first try',
  'test-declined': 'A card that is always declined',
  'test-authentication': 'A bank that asks you to confirm',
  'test-card-closed': 'A card that was closed',
  'test-no-refund': 'A card that works, but takes no refund',
  'test-refund-returns': 'A card that works, but whose bank sends refunds back',
} as const
type TestMethod = keyof typeof testMethods

const slowMs = 30_000
/** End of the references of what comes back. */
const returns = '.test-refund-returns'

/** `now` gives milliseconds since the epoch. */
export function createTestProvider(now: () => number): PaymentProvider {
  return {
    name: 'test',
    defaultMethod: 'test-ok',
    choices: Object.entries(testMethods).map(([token, label]) => ({ token, label })),
    send: async (order) => answerOf(order, now()),
    isReturned: async (reference) => reference.endsWith(returns),
  }
}

function answerOf(order: Order, now: number): Answer {
  return order.kind === 'charge' ? chargeAnswer(order, now) : followUpAnswer(order)
}

/** The reference of a payment names its method, so that a refund knows it. */
function followUpAnswer({ kind, key, reference }: FollowUpOrder): Answer {
  if (kind === 'capture') return { kind: 'captured', reference }
  if (reference.endsWith('.test-no-refund')) return { kind: 'declined', reason: 'method-unusable' }
  return { kind: 'refunded', reference: `refund.${key}${reference.endsWith(returns) ? returns : ''}` }
}

function chargeAnswer(order: ChargeOrder, now: number): Answer {
  const reference = `payment.${order.key}.${order.method}`
  const captured: Answer = { kind: 'captured', reference }
  switch (order.method as TestMethod) {
    case 'test-ok':
    case 'test-no-refund':
    case 'test-refund-returns':
      return captured
    case 'test-two-steps':
      return { kind: 'authorised', reference }
    case 'test-slow':
      return Math.abs(now - order.createdAt) < slowMs ? { kind: 'pending' } : captured
    case 'test-second-try':
      return order.tryNumber > 1 ? captured : { kind: 'declined', reason: 'insufficient-funds' }
    case 'test-declined':
      return { kind: 'declined', reason: 'declined' }
    case 'test-authentication':
      return order.shopperPresent ? captured : { kind: 'declined', reason: 'authentication-required' }
    default:
      return { kind: 'declined', reason: 'method-unusable' }
  }
}
