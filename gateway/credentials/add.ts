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

/** A credential with a random secret; returns that. Throws a `WrongName`. */
export function addSecret(book: CredentialBook, wish: Wish): string {
  checkName(book, wish)
  const secret = newSecret()
  book.put({ name: wish.name, role: wish.role, digest: digestOf(secret), certificate: null, madeAt: wish.now })
  return secret
}

/** A credential with a certificate and no secret; `issue` makes it and gives its SHA-256. Throws a `WrongName`. */
export async function addCertificate<Made extends { readonly fingerprint: Uint8Array }>(
  book: CredentialBook,
  wish: Wish,
  issue: () => Promise<Made>,
): Promise<Made> {
  checkName(book, wish)
  const made = await issue()
  book.put({ name: wish.name, role: wish.role, digest: null, certificate: made.fingerprint, madeAt: wish.now })
  return made
}

function checkName(book: CredentialBook, { name, role, replace, store }: Wish): void {
  const isDevice = store.devices.some(({ id }) => id === name)
  if (role === 'device' && !isDevice)
    throw new WrongName(`found "${name}", wanted the id of a device of the store file, or another --role`)
  if (role !== 'device' && isDevice)
    throw new WrongName(`"${name}" is a device of the store file; a connection of role ${role} needs another name`)
  if (!new RegExp(idPattern).test(name)) throw new WrongName(`found "${name}", wanted 1 to 64 of A-Z a-z 0-9 . _ -`)
  if (!replace && book.list().some((known) => known.name === name))
    throw new WrongName(`${name} has a credential already; --replace makes another, and the old one is good no more`)
}
