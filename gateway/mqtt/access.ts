/** Who may connect to the embedded broker, and what they may say and hear there. */

/** A message that somebody publishes, now or as a will. */
export interface Said {
  readonly topic: string
  readonly retain: boolean
  readonly payload: Uint8Array
}

/** What somebody who connects says of themselves. */
export interface Asked {
  readonly clientId: string
  /** False where the broker is to keep a session while the client is away. */
  readonly clean: boolean
  /** Seconds; 0 for never. */
  readonly keepalive: number
  readonly will: Said | null
  readonly userName: string | null
  readonly password: Uint8Array | null
  /** SHA-256 of a certificate that the store's authority has signed, and whose key it has; null for none. */
  readonly certificate: Uint8Array | null
  /** It came by the way for the network; else from this machine. */
  readonly overTls: boolean
}

/** What one connection may do. Each answer is why not, in words; null when it may. */
export interface Rights {
  publish(message: Said): string | null
  subscribe(filter: string): string | null
  /** Whether the broker may keep the message for later subscribers. */
  mayRetain(topic: string): boolean
}

/** Codes of CONNACK (MQTT 3.1.1, 3.2.2.3): identifier rejected, bad user name or password, not authorized. */
export type RefusalCode = 2 | 4 | 5

export type Admission =
  | {
      readonly ok: true
      readonly rights: Rights
      /** False once what it came in with is good no more. */
      readonly isCurrent: () => boolean
    }
  | { readonly ok: false; readonly code: RefusalCode; readonly reason: string }

export interface Access {
  admit(asked: Asked): Admission
}
