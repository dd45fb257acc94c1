/** A purchase as it stands in the database. */
import { type Purchase, PurchaseSchema, parsePurchase } from '../models/contracts/http.ts'
import { describeFault, onlyKnown } from '../models/contracts/validate.ts'

/** A stored purchase, checked again; without what was kept beside it once. Throws when the database holds something else. */
export function readBack({ id, body }: { readonly id: string; readonly body: string }): Purchase {
  const parsed = parsePurchase(JSON.parse(body))
  if (!parsed.ok) throw new Error(`purchase ${id} cannot be read back: ${parsed.faults.map(describeFault).join('; ')}`)
  return onlyKnown(PurchaseSchema, parsed.value)
}
