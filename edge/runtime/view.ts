/** The shop as a person sees it now: who is inside and what they probably hold. */
import type { ShopperView } from '../../models/contracts/http.ts'
import type { Core } from '../core.ts'
import { heldBy } from '../engine/engine.ts'
import { offeredIn } from '../engine/offers.ts'
import { type ReceiptPolicy, toReceipt } from '../engine/receipt.ts'

/** A tracker that has not seen somebody for so long has lost them. */
const lostMs = 2000

export function shopperViews(core: Core, time: number, policy: ReceiptPolicy): ShopperView[] {
  const engine = core.engine()
  const { people } = core.sensing.presence
  const accounts = new Set<string>()
  return Object.values(engine.sessions).map((session) => {
    const person = people[session.shopper]
    // Companions have one cart: it is shown once, with who came first.
    const shownAlready = session.account !== null && accounts.has(session.account)
    if (session.account !== null) accounts.add(session.account)
    const { products } = offeredIn(core.catalogue.offers, session.enteredAt, Infinity)
    const receipt = toReceipt(products, shownAlready ? [] : heldBy(engine, session), policy)
    const lost = person === undefined || time - person.lastSeen > lostMs
    return {
      id: session.shopper,
      account: session.account,
      staff: session.staff,
      state: person?.leaving === true ? 'leaving' : lost ? 'lost' : 'inside',
      position: person === undefined ? null : [person.x, person.y],
      enteredAt: Math.round(session.enteredAt),
      items: receipt.lines.map(({ sku, name, quantity, totalMinor, confidence }) => ({
        sku,
        name,
        quantity,
        totalMinor,
        confidence,
      })),
      totalMinor: receipt.totalMinor,
    }
  })
}
