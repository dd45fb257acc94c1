/** Who is let in: nobody who owes, nobody by a phone's code that let somebody in, and nobody at all while the journal cannot be written. */
import type { StoreRuntime } from '../../../edge/runtime/port.ts'
import { accountsOf } from '../../../gateway/accounts.ts'
import { lookEveryMs } from '../../../gateway/disk-room.ts'
import type { Account } from '../../../models/contracts/recording.ts'
import { parseTopic } from '../../../models/contracts/topics.ts'
import { parseCode } from '../../../models/entry/code.ts'
import type { Customer } from '../world/service.ts'
import { require } from './violation.ts'

/** It looks every two seconds, and whoever is let in at that moment was. */
const noticedMs = lookEveryMs + 100

export class GateOracle {
  readonly #customers: readonly Customer[]
  /** What the gateway goes by. */
  #accounts: readonly Account[] = []
  #journalFails = false
  /** Code of the scan that the gateway is taking in. */
  #code: string | null = null
  /** Codes of phones by which a gate was opened, whatever happened to the gateway since. */
  readonly #used = new Set<string>()

  constructor(customers: readonly Customer[]) {
    this.#customers = customers
  }

  /** A new process: `file` is its copy of the accounts, as the former left it. */
  starting(file: Buffer | null): void {
    this.#journalFails = false
    this.#accounts = file === null ? [] : readable(file)
  }

  told(accounts: readonly Account[]): void {
    this.#accounts = accounts
  }

  committed(ok: boolean): void {
    this.#journalFails = !ok
  }

  entering(payload: Uint8Array | null): void {
    if (payload === null) return
    const { data } = JSON.parse(Buffer.from(payload).toString()) as { data?: { code?: string } }
    this.#code = data?.code ?? null
  }

  /** `shortForMs`: for how long the gateway's disk has had less room than it keeps back for visits. */
  commanded(topic: string, shortForMs: number): void {
    if (parseTopic(topic)?.channel !== 'cmd/open') return
    require('a gate that stays closed while the disk is almost full', shortForMs <=
      noticedMs, `open after ${shortForMs} ms`)
    require('a gate that stays closed while the journal cannot be written', !this
      .#journalFails, `open to ${this.#code}`)
    const keyId = parseCode(this.#code ?? '')?.code.keyId ?? null
    const customer = this.#customers.find(({ code, phone }) =>
      keyId === null ? code === this.#code : phone?.keyId === keyId,
    )
    const account = this.#accounts.find(({ id }) => id === customer?.id)
    require('a gate that opens to a known code', account !== undefined &&
      customer !== undefined, `open to ${this.#code}`)
    require('a gate that stays closed to who owes', account?.refused === undefined, `open to ${customer?.id}`)
    if (keyId === null || this.#code === null) return
    require('a code of a phone opens a gate once', !this.#used.has(this.#code), `twice to ${customer?.id}`)
    this.#used.add(this.#code)
  }

  /** Where the gateway does not go by what the account service says, in its memory or in its file; null: it does. */
  disagreement(accounts: readonly Account[], file: Buffer | null): string | null {
    const wanted = tell(accounts)
    if (tell(this.#accounts) !== wanted) return `the gateway goes by ${tell(this.#accounts)}, wanted ${wanted}`
    const kept = tell(file === null ? [] : readable(file))
    return kept === wanted ? null : `the gateway's file holds ${kept}, wanted ${wanted}`
  }
}

/** What people look at makes sense. */
export function requireCarts(runtime: StoreRuntime): void {
  for (const { id, items } of runtime.view().shoppers)
    for (const { sku, quantity } of items)
      require('no cart is negative', quantity > 0, `${quantity} of ${sku} with ${id}`)
}

function readable(file: Buffer): readonly Account[] {
  try {
    return accountsOf(JSON.parse(file.toString()), 'its copy of the accounts')
  } catch (error) {
    require("the gateway's copy of the accounts is the old one or the new one", false, (error as Error).message)
    return []
  }
}

function tell(accounts: readonly Account[]): string {
  return accounts
    .map(({ id, refused }) => `${id}${refused === undefined ? '' : ` (${refused})`}`)
    .sort()
    .join(', ')
}
