/** A new credential: a random secret, of which only the digest stays here. */
import type { Store } from '../../models/contracts/store.ts'
import { idPattern } from '../../models/contracts/units.ts'
import type { Role } from './credential.ts'
import type { CredentialBook } from './credential-book.ts'
import { digestOf, newSecret } from './secret.ts'

/** What was asked for cannot be had; its message says what can. */
export class WrongName extends Error {}

export interface Wish {
  readonly name: string
  readonly role: Role
  /** Takes the place of the one with that name. */
  readonly replace: boolean
  readonly store: Store
  /** Unix, milliseconds. */
  readonly now: number
}

/** Returns the secret. Throws a `WrongName`. */
export function addCredential(book: CredentialBook, { name, role, replace, store, now }: Wish): string {
  const isDevice = store.devices.some(({ id }) => id === name)
  if (role === 'device' && !isDevice)
    throw new WrongName(`found "${name}", wanted the id of a device of the store file, or another --role`)
  if (role !== 'device' && isDevice)
    throw new WrongName(`"${name}" is a device of the store file; a connection of role ${role} needs another name`)
  if (!new RegExp(idPattern).test(name)) throw new WrongName(`found "${name}", wanted 1 to 64 of A-Z a-z 0-9 . _ -`)
  if (!replace && book.list().some((known) => known.name === name))
    throw new WrongName(`${name} has a credential already; --replace makes another, and the old one is good no more`)
  const secret = newSecret()
  book.put({ name, role, digest: digestOf(secret), madeAt: now })
  return secret
}
