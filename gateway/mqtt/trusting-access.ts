/** A client is who its client id says it is. */
import type { Store } from '../../models/contracts/store.ts'
import type { Access, Rights } from './access.ts'
import { controlRights, deviceRights } from './rights.ts'
import { checkSession } from './session-rules.ts'

/** Connections that speak for more than one device. */
const control = /^(sim|gateway-.*)$/

export function createTrustingAccess(store: Store): Access {
  return {
    admit(asked) {
      const { clientId, clean } = asked
      const rights = control.test(clientId) ? controlRights(store, clientId) : trusted(store, clientId, clean)
      return checkSession(asked, rights) ?? { ok: true, rights }
    },
  }
}

/** Whoever looks on may hear everything, as long as nothing is kept for them. */
function trusted(store: Store, clientId: string, clean: boolean): Rights {
  const device = deviceRights(store, clientId)
  return clean ? { ...device, subscribe: controlRights(store, clientId).subscribe } : device
}
