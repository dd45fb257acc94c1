/** Who may connect to the broker, and as what. */

/**
 * A device speaks below its own id and hears its own commands; `control` speaks for every device and hears everything
 * (a simulator); `reader` hears everything and says nothing (a dashboard of one's own).
 */
export const roles = ['device', 'control', 'reader'] as const
export type Role = (typeof roles)[number]

export interface Credential {
  /** The user name; of a device its id. */
  readonly name: string
  readonly role: Role
  /** SHA-256 of its secret; null where it has only a certificate. */
  readonly digest: Uint8Array | null
  /** SHA-256 of its certificate; null where it has none. */
  readonly certificate: Uint8Array | null
  /** Unix, milliseconds. */
  readonly madeAt: number
}

/** Whether it is still the same: neither its role nor what proves it has changed. */
export function isSame(one: Credential, other: Credential): boolean {
  return one.role === other.role && isEqual(one.digest, other.digest) && isEqual(one.certificate, other.certificate)
}

function isEqual(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : Buffer.from(one).equals(other)
}
