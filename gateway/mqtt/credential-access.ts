/** Only who proves it, with a secret or a certificate of its own, comes in, and only under its own client id. */
import type { Store } from '../../models/contracts/store.ts'
import { type Credential, isSame } from '../credentials/credential.ts'
import { isSecretOf } from '../credentials/secret.ts'
import type { Access, Admission, Asked, Rights } from './access.ts'
import { controlRights, deviceRights, readerRights } from './rights.ts'
import { sessionFault } from './session-rules.ts'

/** MQTT 3.1.1, 3.2.2.3. */
const code = { identifier: 2, password: 4, notAuthorized: 5 } as const

/** `find` gives the credentials that are good now under a user name. */
export function createCredentialAccess(store: Store, find: (name: string) => readonly Credential[]): Access {
  const devices = new Set(store.devices.map(({ id }) => id))

  function faultOf(asked: Asked, { name, role }: Credential, rights: Rights): Refused | null {
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
      const proved = proveOf(asked, find)
      if ('reason' in proved) return proved
      const rights = rightsOf(store, proved)
      const isCurrent = () => find(proved.name).some((credential) => isSame(credential, proved))
      return faultOf(asked, proved, rights) ?? { ok: true, rights, isCurrent }
    },
  }
}

type Find = (name: string) => readonly Credential[]
type Refused = Extract<Admission, { ok: false }>

/** By its certificate, or else by user name and password. */
function proveOf(asked: Asked, find: Find): Credential | Refused {
  const { certificate, userName, password, clientId } = asked
  const name = userName ?? clientId.replace(/:.*$/, '')
  const byCertificate = certificate === null ? undefined : find(name).find((known) => isIn(certificate, known))
  if (byCertificate !== undefined) return byCertificate
  const client = `client "${short(clientId)}"`
  if (certificate !== null && password === null)
    return refusal(code.notAuthorized, `${client} came with a certificate that is not, or no more, its own`)
  if (userName === null || password === null)
    return refusal(code.notAuthorized, `${client} came without user name and password`)
  const bySecret = find(userName).find(({ digest }) => digest !== null && isSecretOf(password, digest))
  // Not the user name: people put passwords there by mistake.
  return bySecret ?? refusal(code.password, `${client} came with a wrong user name or password`)
}

function isIn(certificate: Uint8Array, known: Credential): boolean {
  return known.certificate !== null && Buffer.from(certificate).equals(known.certificate)
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

function refusal(refused: 2 | 4 | 5, reason: string): Refused {
  return { ok: false, code: refused, reason }
}

const short = (text: string) => text.slice(0, 100)
