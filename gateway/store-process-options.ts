/** What an in-store process is told, and how it is started and stopped. */
import type { Logger } from 'pino'
import type { ReceiptPolicy } from '../edge/engine/receipt.ts'
import type { Account } from '../models/contracts/recording.ts'
import type { Store } from '../models/contracts/store.ts'
import type { Logins } from './cameras/logins.ts'
import type { Address } from './mqtt/listeners.ts'
import type { EnrolledProducts } from './perception/sight.ts'

export interface StoreProcessOptions {
  readonly store: Store
  /** What a wrong bill costs, and a person's look at it. */
  readonly policy?: ReceiptPolicy
  readonly dataDir: string
  /** Address of pages and HTTP interface; over TLS where others than this machine reach it. */
  readonly host: string
  /** 0 for any free port. Of the embedded broker; unused with `brokerUrl`. */
  readonly mqttPort: number
  /** Where devices on the network connect, over TLS; null for none. Of the embedded broker. */
  readonly mqttTls?: Address | null
  readonly httpPort: number
  /** Somebody else's broker, null for the embedded one. */
  readonly brokerUrl: string | null
  readonly accountService: { readonly url: string; readonly token: string } | null
  /** Known beside those of the account service. */
  readonly accounts: readonly Account[]
  /** Where the secrets of simulators are, or shall be; null for none. For the embedded broker and the HTTP interface. */
  readonly simulatorSecrets?: string | null
  /** Takes whoever connects from this machine for who they say they are. Of the embedded broker. */
  readonly trustLocal?: boolean
  /** Of cameras whose streams want one. */
  readonly cameraLogins?: Logins
  /** What products look like in pictures; null: people are looked for alone. */
  readonly products?: EnrolledProducts | null
  readonly clock: 'wall' | 'simulated'
  readonly log: Logger
}

export interface Ports {
  /** Null with somebody else's broker. */
  readonly mqttPort: number | null
  /** Null without. */
  readonly mqttTlsPort: number | null
  readonly httpPort: number
}

export interface StoreProcess {
  start(): Promise<Ports>
  /**
   * Takes nothing more, makes durable what is there, closes. Works after a failed start, too. `next`: the one that comes next has
   * another time, so that nothing is left to it that waits for what may come later.
   */
  stop(next?: 'of-another-time'): Promise<void>
  /** How far its clock is ahead of the computer's, which was set back; 0 as a rule. */
  clockAheadMs(): number
}
