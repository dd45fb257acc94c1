/** Whose accounts the simulated shoppers come with. */
import type { Account } from '../../models/contracts/recording.ts'

/** An account; `show` is its phone, which shows another code each time. */
export type SimulatedAccount = Account & { readonly show?: (now: number) => string }

export interface AccountPool {
  /** An account that nobody inside uses, or null when there is none. */
  take(staff: boolean): SimulatedAccount | null
  giveBack(account: SimulatedAccount): void
}

/** What somebody with the account shows at a gate: the phone's code, else the card's; null: nothing. */
export function shownCode({ show, codes: [card] }: SimulatedAccount): ((now: number) => string) | null {
  return show ?? (card === undefined ? null : () => card)
}

/** iBeacon UUID of the simulated app; any will do. */
const beaconUuid = '7411f4ee-0000-4000-8000-7469636b6574'

/** The `number`th made-up account: `a1`, `a2`, …, or `staff1`, …, with a code and a beacon. */
export function madeUpAccount(number: number, staff: boolean): Account & { readonly staff: boolean } {
  const id = `${staff ? 'staff' : 'a'}${number}`
  const codes = [`TF1.${id}.${String((number * 7919) % 10_000).padStart(4, '0')}`]
  const minor = (staff ? 32_768 : 0) + (number % 32_768)
  return { id, codes, beacon: { uuid: beaconUuid, major: 1, minor }, staff }
}

/** An account of its own for everybody. */
export class FreshAccounts implements AccountPool {
  readonly given: Account[] = []

  take(staff: boolean): Account {
    const number = this.given.filter((account) => account.staff === staff).length + 1
    const account = madeUpAccount(number, staff)
    this.given.push(account)
    return account
  }

  giveBack(): void {}
}

/** Accounts that exist already, each used by one party at a time, in turn. */
export class KnownAccounts implements AccountPool {
  private readonly free: SimulatedAccount[]

  constructor(accounts: readonly SimulatedAccount[]) {
    this.free = [...accounts]
  }

  take(staff: boolean): SimulatedAccount | null {
    const at = this.free.findIndex((account) => (account.staff ?? false) === staff)
    return at < 0 ? null : (this.free.splice(at, 1)[0] ?? null)
  }

  giveBack(account: SimulatedAccount): void {
    this.free.push(account)
  }
}
