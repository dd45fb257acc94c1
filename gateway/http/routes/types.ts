import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { DecisionOutcome, StoreRuntime } from '../../../edge/runtime/port.ts'
import type { BillsFile } from '../../../models/contracts/bills.ts'
import type { DeviceView, LiveView } from '../../../models/contracts/http.ts'
import type { LateCase } from '../../../models/contracts/late.ts'
import type { NewDecision, ReviewCase } from '../../../models/contracts/reviews.ts'
import type { Store } from '../../../models/contracts/store.ts'
import type { Still } from '../../cameras/cameras.ts'
import type { Door } from '../../staff/door.ts'
import type { StaffBook } from '../../staff/staff-book.ts'
import type { BillView } from '../live-view.ts'

/** The application with request and answer types taken from the schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** Bills that wait for a person. */
export interface Reviews {
  readonly one: (tripId: string) => Promise<ReviewCase | null>
  readonly decide: (tripId: string, decision: NewDecision & { readonly reviewer: string }) => Promise<DecisionOutcome>
}

/** What shelves said too late. */
export interface Late {
  readonly one: (id: string) => Promise<LateCase | null>
  readonly settle: (settled: Parameters<StoreRuntime['settleLate']>[0]) => ReturnType<StoreRuntime['settleLate']>
}

/** What routes show. */
export interface Parts {
  readonly store: Store
  /** Why the gateway cannot do its work now, one sentence each; none when it can. */
  readonly problems: () => readonly string[]
  readonly live: () => Promise<LiveView>
  readonly devices: () => readonly DeviceView[]
  /** Newest last. */
  readonly bills: (limit: number) => Promise<readonly BillView[]>
  readonly reviews: Reviews
  readonly late: Late
  readonly staff: StaffBook
  readonly door: Door
  readonly billsFile: () => Promise<BillsFile>
  /** The newest picture of a camera; null while there is none. */
  readonly still: (camera: string) => Promise<Still | null>
  readonly metrics: { readonly contentType: string; readonly text: () => Promise<string> }
  /** Folder of the built pages. */
  readonly pages: string
  /** Milliseconds of the platform's clock, for connections. */
  readonly now: () => number
}
