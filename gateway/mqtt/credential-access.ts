/** Only who proves it with the secret of its own comes in, and only under its own client id. */
import type { Store } from '../../models/contracts/store.ts'
import type { Credential } from '../credentials/credential.ts'
import { isSecretOf } from '../credentials/secret.ts'
import type { Access, Admission, Asked, Rights } from './access.ts'
import { controlRights, deviceRights, readerRights } from './rights.ts'
import { sessionFault } from './session-rules.ts'

/** MQTT 3.1.1, 3.2.2.3. */
const code = { identifier: 2, password: 4, notAuthorized: 5 } as const

/** `find` gives the credentials that are good now under a user name. */
export function createCredentialAccess(store: Store, find: (name: string) => readonly Credential[]): Access {
  const devices = new Set(store.devices.map(({ id }) => id))

  function faultOf(asked: Asked, { name, role }: Credential, rights: Rights): Admission | null {
    if (!isOwnId(asked.clientId, name, role))
      return refusal(code.identifier, `"${name}" came with the client id "${short(asked.clientId)}", wanted its own`)
    if (role === 'device' && !devices.has(name))
      return refusal(code.notAuthorized, `"${name}" has a credential, but the store file has no such device`)
    if (role !== 'device' && !asked.clean)
      return refusal(code.notAuthorized, `"${name}" asked for a session that is kept, wanted a clean one`)
    const fault = sessionFault(asked, rights)
    return fault === null ? null : refusal(code.notAuthorized, fault)
  }

  return {
    admit(asked) {
      const { userName, password } = asked
      if (userName === null || password === null)
        return refusal(code.notAuthorized, `client "${short(asked.clientId)}" came without user name and password`)
      const credential = find(userName).find(({ digest }) => isSecretOf(password, digest))
      // Not the user name: people put passwords there by mistake.
      if (credential === undefined)
        return refusal(code.password, `client "${short(asked.clientId)}" came with a wrong user name or password`)
      const rights = rightsOf(store, credential)
      const isCurrent = () => find(userName).some(({ digest }) => Buffer.from(digest).equals(credential.digest))
      return faultOf(asked, credential, rights) ?? { ok: true, rights, isCurrent }
    },
  }
}

function rightsOf(store: Store, { name, role }: Credential): Rights {
  if (role === 'device') return deviceRights(store, name)
  return role === 'control' ? controlRights(store, name) : readerRights(store, name)
}

/**
 * A device has one connection, so nobody throws it out with another. Others may have several, told apart behind a colon,
 * which no name contains.
 */
function isOwnId(clientId: string, name: string, role: Credential['role']): boolean {
  return clientId === name || (role !== 'device' && clientId.startsWith(`${name}:`))
}

function refusal(refused: 2 | 4 | 5, reason: string): Admission {
  return { ok: false, code: refused, reason }
}

const short = (text: string) => text.slice(0, 100)
