/**
 * Lets people in: a good code at a gate opens it at once. Codes of phones rotate and are good once (`check-code.ts`,
 * `used-codes.ts`); those of cards, recordings and simulators are plain, and good where an account lists them. What is
 * refused is counted and said, and its scan is kept from the engine.
 */
import { randomUUID } from 'node:crypto'
import type { SensorEvent } from '../../edge/events.ts'
import type { Command } from '../../models/contracts/commands.ts'
import type { Account } from '../../models/contracts/recording.ts'
import type { Store } from '../../models/contracts/store.ts'
import { deviceTopic } from '../../models/contracts/topics.ts'
import { type EntryCode, isRotating, parseCode } from '../../models/entry/code.ts'
import { storeTag } from '../../models/entry/keys.ts'
import { type Rejection, rejection } from '../ingest/causes.ts'
import type { Accepted } from '../ingest/ingest.ts'
import { createBadCodes } from './bad-codes.ts'
import {
  type Checked,
  checkCode,
  type KnownKeys,
  knownKeys,
  paidUp,
  type Refusal,
  refused,
  shorten,
} from './check-code.ts'
import { createStoredUp } from './stored-up.ts'
import type { EarlierUse, ScanMessage, UsedCodes } from './used-codes.ts'
import { type Admission, createVerdicts, type Scan } from './verdicts.ts'

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
  /** Why nobody may be let in now (the journal cannot be written, the disk is almost full); null when all is well. */
  readonly problem: () => string | null
  readonly usedCodes: UsedCodes
  readonly newTxn?: () => string
  /** How far `now` and times of arrival are ahead of the time that phones make their codes by, as far as is known. */
  readonly aheadMs?: () => number
}

export interface Gate {
  setAccounts(accounts: readonly Account[]): void
  /** Give it everything that ingest accepted. `old`: the process before took it in and has opened the gate for it. */
  heard(accepted: Accepted, old?: boolean): void
  /**
   * What the engine is to hear of an event: a scan that let somebody in, with the code that the engine knows the account
   * by; null for one that did not. Ask once for each.
   */
  admitted(event: SensorEvent): SensorEvent | null
}

/** What the engine knows an account by whose phones make codes. No reader can say it: gates do not take it. */
const engineCode = (account: string) => `account:${account}`

/** The accounts as the engine is to know them; also one whose phone was taken off after the gate had opened for it. */
export function forEngine(accounts: readonly Account[]): readonly Account[] {
  return accounts.map((account) => ({ ...account, codes: [...account.codes, engineCode(account.id)] }))
}

export function createGate(options: GateOptions): Gate {
  const { store, now, publish, onRejected, onFailure, problem, usedCodes } = options
  const { newTxn = randomUUID, aheadMs = () => 0 } = options
  const gates = new Set(store.devices.flatMap(({ id, kind }) => (kind === 'gate' ? [id] : [])))
  const tag = storeTag(store.id)
  const verdicts = createVerdicts()
  const storedUp = createStoredUp()
  const bad = createBadCodes()
  let cards: ReadonlyMap<string, Account> = new Map()
  let keys: KnownKeys = new Map()

  /** Takes the scan for `code`, unless the command could not be sent: who comes in next would be taken for who stands outside. */
  function open(gate: string, code: string, used: EntryCode | null): Admission {
    let admitted: string | null = code
    const command: Command = { txn: newTxn(), expiresAt: now() + openMs }
    publish(deviceTopic(store.id, gate, 'cmd/open'), JSON.stringify(command)).catch((error: Error) => {
      admitted = null
      onFailure(gate, error)
      if (used !== null) noteClosed(gate, used)
    })
    return () => admitted
  }

  /** For the process that comes next, in whose spool the scan may still be. */
  function noteClosed(gate: string, used: EntryCode): void {
    try {
      usedCodes.stayedClosed(used)
    } catch (error) {
      onFailure(gate, new Error(`that it stayed closed cannot be written down: ${(error as Error).message}`))
    }
  }

  function checkCard({ device, code }: Scan, at: number): Checked {
    if (bad.areTooMany(device, at)) return refused('code-rate', shorten(code), 'a minute without bad codes')
    const account = cards.get(code)
    if (account === undefined) return refused('code', shorten(code), 'the code of an account')
    if (account.refused !== undefined) return refused('unpaid', shorten(code), paidUp)
    return { kind: 'good', code: null, account }
  }

  /** Opens the gate for a good code that was not used; what the engine is to take the scan for. */
  function letIn(scan: Scan, message: ScanMessage, at: number): Admission {
    const checked = isRotating(scan.code) ? checkCode(scan.code, keys, tag, at - aheadMs()) : checkCard(scan, at)
    if (checked.kind === 'refused') {
      if (isGuess(checked)) bad.add(scan.device, at)
      return refuse(scan, checked)
    }
    const reason = problem()
    if (reason !== null) return fail(scan, new Error(reason))
    try {
      const earlier = checked.code === null ? null : usedCodes.use(checked.code, message, checked.account.id, at)
      if (earlier !== null) return refuse(scan, usedBefore(earlier, scan.device, at))
    } catch (error) {
      return fail(scan, new Error(`the use of a code cannot be written down: ${(error as Error).message}`))
    }
    const code = checked.code === null ? scan.code : engineCode(checked.account.id)
    return open(scan.device, code, checked.code)
  }

  function refuse({ device }: Scan, { cause, found, wanted }: Refusal): null {
    onRejected(rejection(cause, device, 'event/scan', { where: '/data/code', found, wanted }))
    return null
  }

  function fail({ device }: Scan, error: Error): null {
    onFailure(device, error)
    return null
  }

  /** Of a scan that opens nothing any more: what the engine is to take it for, when somebody did come in by it. */
  function wasLetIn({ code }: Scan, message: ScanMessage): string | null {
    if (!isRotating(code)) {
      const account = cards.get(code)
      return account === undefined || account.refused !== undefined ? null : code
    }
    const signed = parseCode(code)
    const letIn = signed === null ? null : usedCodes.letInBy(signed.code, message)
    if (signed === null || letIn === null) return null
    const account = letIn.account ?? keys.get(signed.code.keyId)?.account.id
    return account === undefined ? null : engineCode(account)
  }

  /** Where the disk cannot be read, once more when the engine is to hear of it; then the visit is nobody's. */
  function whoWasLetIn(scan: Scan, message: ScanMessage): Admission {
    try {
      return wasLetIn(scan, message)
    } catch {
      return () => {
        try {
          return wasLetIn(scan, message)
        } catch (error) {
          return fail(scan, new Error(`who came in by an earlier scan cannot be read: ${(error as Error).message}`))
        }
      }
    }
  }

  /** Of one that was stored up: that a phone's code let somebody in is written down, and nobody came in by a card. */
  function earlierUse(scan: Scan, message: ScanMessage): Admission {
    return isRotating(scan.code) ? whoWasLetIn(scan, message) : null
  }

  return {
    setAccounts(accounts) {
      cards = new Map(accounts.flatMap((account) => account.codes.map((code) => [code, account])))
      keys = knownKeys(accounts)
    },
    heard(accepted, old = false) {
      if (accepted.kind !== 'message' || !gates.has(accepted.device)) return
      const { device, event, arrivedAt, retained, message } = accepted
      const wasStored = !retained && storedUp.wasStored(device, message, arrivedAt, openMs)
      if (event?.kind !== 'scan') return
      const { boot, seq, ts } = message.envelope
      const scanned = { device, boot, seq }
      const isLive = !old && !retained && !wasStored && now() - event.ts <= openMs
      if (isLive) verdicts.add(event, letIn(event, scanned, arrivedAt))
      else if (old) verdicts.add(event, wasStored ? earlierUse(event, scanned) : whoWasLetIn(event, scanned))
      else verdicts.add(event, earlierUse(event, scanned) ?? refuse(event, late(now() - ts)))
    },
    admitted(event) {
      return event.kind === 'scan' && gates.has(event.device) ? verdicts.take(event) : event
    },
  }
}

function late(ageMs: number): Refusal {
  const found = `one of ${Math.round(ageMs / 1000)} s ago by the gate's clock`
  return { cause: 'scan-late', found, wanted: 'one of now: scan again' }
}

/** Only these can be somebody who tries codes. */
function isGuess({ cause }: Refusal): boolean {
  return cause === 'code' || cause === 'code-altered'
}

function usedBefore({ device, at, isSameCode }: EarlierUse, gate: string, now: number): Refusal {
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  const found = `${isSameCode ? 'one' : 'one older than another of the same phone,'} used at ${device} ${seconds} s ago`
  return { cause: device === gate ? 'code-used' : 'code-elsewhere', found, wanted: 'the next code of the phone' }
}
