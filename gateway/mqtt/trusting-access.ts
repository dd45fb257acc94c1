/** A client is who its client id says it is: for trying out devices on this machine (`--trust-local`). */
import type { Store } from '../../models/contracts/store.ts'
import type { Access, Rights } from './access.ts'
import { controlRights, deviceRights } from './rights.ts'
import { sessionFault } from './session-rules.ts'

/** Connections that speak for more than one device. */
const control = /^(sim|gateway-.*)$/

export function createTrustingAccess(store: Store): Access {
  return {
    admit(asked) {
      const { clientId, clean } = asked
      const rights = control.test(clientId) ? controlRights(store, clientId) : trusted(store, clientId, clean)
      const fault = sessionFault(asked, rights)
      return fault === null ? { ok: true, rights, isCurrent: () => true } : { ok: false, code: 5, reason: fault }
    },
  }
}

/** Whoever looks on may hear everything, as long as nothing is kept for them. */
function trusted(store: Store, clientId: string, clean: boolean): Rights {
  const device = deviceRights(store, clientId)
  return clean ? { ...device, subscribe: controlRights(store, clientId).subscribe } : device
}
