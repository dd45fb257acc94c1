/** What the edge takes in: device messages after validation, in order of their own (clock-corrected) time. */
import type { Target } from '../models/contracts/messages.ts'
import type { ProductSeen } from './observations.ts'

interface FromDevice {
  readonly device: string
  /** Milliseconds since the epoch, corrected for the device's clock offset. */
  readonly ts: number
}

export type SensorEvent = FromDevice &
  (
    | {
        readonly kind: 'weight'
        readonly rateHz: number
        /** Grams by cell; `ts` is the time of the first sample; null where one is missing. */
        readonly cells: Readonly<Record<string, readonly (number | null)[]>>
      }
    | {
        readonly kind: 'weight-change'
        readonly cell: string
        readonly deltaGrams: number
        readonly sdGrams: number
        /** Milliseconds since the epoch, corrected like `ts`. */
        readonly from: number
        readonly to: number
        /** By which it is known again, should it be said again later. */
        readonly told?: string
      }
    /** The same, said so late that nobody is remembered where they stood: for a person to look at. `ts`: when it was said. */
    | {
        readonly kind: 'late-change'
        readonly cell: string
        readonly deltaGrams: number
        readonly sdGrams: number
        readonly from: number
        readonly to: number
        readonly told: string
        /** Whether `from` and `to` may be believed; else they only say what was how long after what. */
        readonly isTimeKnown: boolean
      }
    /** What a thing looks like that was moved. */
    | ({ readonly kind: 'product' } & Omit<ProductSeen, 'kind' | 'ts'>)
    /** Before the first event of a boot: when it is another than before, plates may have another zero. */
    | { readonly kind: 'boot'; readonly boot: string }
    | { readonly kind: 'targets'; readonly targets: readonly Target[] }
    | { readonly kind: 'advs'; readonly advs: readonly Advertisement[] }
    | { readonly kind: 'scan'; readonly code: string }
    | { readonly kind: 'passage'; readonly direction: 'in' | 'out' }
  )

export interface Advertisement {
  readonly address: string
  readonly rssi: number
  readonly beacon?: { readonly kind: string; readonly uuid: string; readonly major: number; readonly minor: number }
}
