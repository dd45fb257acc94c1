/** Lets people in: a good code at a gate opens it at once; an unknown one, or one of a debtor, is counted and said. */
import { randomUUID } from 'node:crypto'
import type { SensorEvent } from '../edge/events.ts'
import type { Command } from '../models/contracts/commands.ts'
import type { Account } from '../models/contracts/recording.ts'
import type { Store } from '../models/contracts/store.ts'
import { deviceTopic } from '../models/contracts/topics.ts'
import { renderFound } from '../models/contracts/validate.ts'
import { type Rejection, rejection } from './ingest/causes.ts'
import type { Accepted } from './ingest/ingest.ts'

type Scan = SensorEvent & { readonly kind: 'scan' }

/** A gate that opens later than this opens for somebody else. Also the age at which a scan opens nothing any more. */
const openMs = 5_000

/** A scan waits seconds for the engine, or minutes over a restart; its time moves as the gate's clock is corrected. */
const refusedForMs = 600_000
const sameScanMs = 2_000
/** Somebody who tries again and again does so once a second; this is a minute of many gates. */
const mostRefused = 1_000

export interface GateOptions {
  readonly store: Store
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly publish: (topic: string, payload: string) => Promise<void>
  readonly onRejected: (rejection: Rejection) => void
  /** Told when a command could not be sent: somebody stands before a closed gate. */
  readonly onFailure: (gate: string, error: Error) => void
  /** Why nobody may be let in now (the journal cannot be written); null when all is well. */
  readonly problem: () => string | null
  readonly newTxn?: () => string
}

export interface Gate {
  setAccounts(accounts: readonly Account[]): void
  /** Give it everything that ingest accepted. `old`: the process before took it in and has opened the gate for it. */
  heard(accepted: Accepted, old?: boolean): void
  /** Whether this scan was refused; asked once, on its way to the engine, where nobody must come in by it. */
  wasRefused(event: SensorEvent): boolean
}

/** Codes that are known are kept by code; a scan is one look-up. */
export function createGate(options: GateOptions): Gate {
  const { store, now, publish, onRejected, onFailure, problem, newTxn = randomUUID } = options
  const gates = new Set(store.devices.flatMap(({ id, kind }) => (kind === 'gate' ? [id] : [])))
  let codes: ReadonlyMap<string, Account> = new Map()
  let refused: Scan[] = []

  function open(gate: string): void {
    const reason = problem()
    if (reason !== null) {
      onFailure(gate, new Error(reason))
      return
    }
    const command: Command = { txn: newTxn(), expiresAt: now() + openMs }
    publish(deviceTopic(store.id, gate, 'cmd/open'), JSON.stringify(command)).catch((error: Error) =>
      onFailure(gate, error),
    )
  }

  function refuse(scan: Scan): void {
    refused = [...refused.filter(({ ts }) => ts > scan.ts - refusedForMs), scan].slice(-mostRefused)
  }

  return {
    setAccounts(accounts) {
      codes = new Map(accounts.flatMap((account) => account.codes.map((code) => [code, account])))
    },
    heard(accepted, old = false) {
      if (accepted.kind !== 'message' || accepted.event?.kind !== 'scan' || !gates.has(accepted.device)) return
      const { device, event } = accepted
      const account = codes.get(event.code)
      if (account?.refused !== undefined) refuse(event)
      if (old || accepted.retained || now() - event.ts > openMs) return
      if (account === undefined) onRejected(refusal('code', device, event.code, 'the code of an account'))
      else if (account.refused === undefined) open(device)
      else onRejected(refusal('unpaid', device, event.code, 'the code of an account that owes nothing'))
    },
    wasRefused(event) {
      if (event.kind !== 'scan' || refused.length === 0) return false
      const { device, code, ts } = event
      const found = refused.find(
        (scan) => scan.device === device && scan.code === code && Math.abs(scan.ts - ts) <= sameScanMs,
      )
      refused = refused.filter((scan) => scan !== found)
      return found !== undefined
    },
  }
}

/** A code is a key: the words for a log show only how it begins. */
function refusal(cause: 'code' | 'unpaid', gate: string, code: string, wanted: string): Rejection {
  const found = renderFound(code.length > 4 ? `${code.slice(0, 4)}…` : code)
  return rejection(cause, gate, 'event/scan', { where: '/data/code', found, wanted })
}
