/** Lets people in: a good code at a gate opens it at once, an unknown one is counted. */
import { randomUUID } from 'node:crypto'
import type { Command } from '../models/contracts/commands.ts'
import type { Account } from '../models/contracts/recording.ts'
import type { Store } from '../models/contracts/store.ts'
import { deviceTopic } from '../models/contracts/topics.ts'
import { renderFound } from '../models/contracts/validate.ts'
import { type Rejection, rejection } from './ingest/causes.ts'
import type { Accepted } from './ingest/ingest.ts'

/** A gate that opens later than this opens for somebody else. Also the age at which a scan opens nothing any more. */
const openMs = 5_000

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
  /** Give it everything that ingest accepted. */
  heard(accepted: Accepted): void
}

/** Codes that are known are kept by code; a scan is one look-up. */
export function createGate(options: GateOptions): Gate {
  const { store, now, publish, onRejected, onFailure, problem, newTxn = randomUUID } = options
  const gates = new Set(store.devices.flatMap(({ id, kind }) => (kind === 'gate' ? [id] : [])))
  let codes: ReadonlySet<string> = new Set()

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

  return {
    setAccounts(accounts) {
      codes = new Set(accounts.flatMap((account) => account.codes))
    },
    heard(accepted) {
      if (accepted.kind !== 'message' || accepted.event?.kind !== 'scan' || !gates.has(accepted.device)) return
      const { device, event } = accepted
      if (accepted.retained || now() - event.ts > openMs) return
      if (codes.has(event.code)) open(device)
      else onRejected(unknownCode(device, event.code))
    },
  }
}

/** A code is a key: the words for a log show only how it begins. */
function unknownCode(gate: string, code: string): Rejection {
  const found = renderFound(code.length > 4 ? `${code.slice(0, 4)}…` : code)
  return rejection('code', gate, 'event/scan', { where: '/data/code', found, wanted: 'the code of an account' })
}
