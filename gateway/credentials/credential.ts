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
  /** SHA-256 of its secret. */
  readonly digest: Uint8Array
  /** Unix, milliseconds. */
  readonly madeAt: number
}
