/** A provider that remembers: what was really taken and given back under each key, whoever heard the answer. */
import type { Answer, Order, PaymentProvider } from '../payments/provider.ts'
import type { Faults } from './faults.ts'

export interface Bank extends PaymentProvider {
  /** What it took less what it gave back, minor units. */
  readonly netMinor: () => number
  /** How often money moved. */
  readonly moves: () => number
}

/**
 * Declines the first try, holds the money at the next, takes it when it is told to, leaves the first question about a
 * refund unanswered, and sends the first refund back when it is looked at first. Keys it forgets at once, as Stripe after a day:
 * what an order has done it knows where it is asked to look, as one that is not new. `faults`: it is not reached, or its answer is lost.
 */
export function createBank(faults: Faults): Bank {
  const answers = new Map<string, Answer>()
  const asked = new Map<string, number>()
  const refunds = new Map<string, { amountMinor: number; looks: number }>()
  let netMinor = 0
  let moves = 0

  function carryOut(order: Order): Answer {
    if (order.kind === 'charge')
      return order.tryNumber === 1
        ? { kind: 'declined', reason: 'insufficient-funds' }
        : { kind: 'authorised', reference: order.key }
    moves += 1
    if (order.kind === 'refund') refunds.set(order.key, { amountMinor: order.amountMinor, looks: 0 })
    netMinor += order.kind === 'capture' ? order.amountMinor : -order.amountMinor
    return { kind: order.kind === 'capture' ? 'captured' : 'refunded', reference: order.key }
  }

  return {
    name: 'bank',
    defaultMethod: 'card',
    choices: [],
    netMinor: () => netMinor,
    moves: () => moves,
    async isReturned(reference) {
      faults.point('before look')
      const refund = refunds.get(reference)
      const isFirst = [...refunds.keys()][0] === reference
      if (refund === undefined || !isFirst) return false
      if (refund.looks++ === 0) {
        moves += 1
        netMinor += refund.amountMinor
      }
      faults.point('after look')
      return true
    },
    async send(order) {
      faults.point(`before ${order.kind}`)
      const mayBeKnown = !order.isNew || order.mayBeForgotten
      const answer = (mayBeKnown ? answers.get(order.key) : undefined) ?? carryOut(order)
      answers.set(order.key, answer)
      const times = (asked.get(order.key) ?? 0) + 1
      asked.set(order.key, times)
      faults.point(`after ${order.kind}`)
      return order.kind === 'refund' && times === 1 ? { kind: 'pending' } : answer
    },
  }
}
