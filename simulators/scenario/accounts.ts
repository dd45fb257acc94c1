/** Whose accounts the simulated shoppers come with. */
import type { Account } from '../../models/contracts/recording.ts'

export interface AccountPool {
  /** An account that nobody inside uses, or null when there is none. */
  take(staff: boolean): Account | null
  giveBack(account: Account): void
}

/** iBeacon UUID of the simulated app; any will do. */
const beaconUuid = '7411f4ee-0000-4000-8000-7469636b6574'

/** An account of its own for everybody: `a1`, `a2`, …, with made-up codes. */
export class FreshAccounts implements AccountPool {
  readonly given: Account[] = []

  take(staff: boolean): Account {
    const number = this.given.length + 1
    const id = staff ? `staff${number}` : `a${number}`
    const account = {
      id,
      codes: [`TF1.${id}.${String((number * 7919) % 10_000).padStart(4, '0')}`],
      beacon: { uuid: beaconUuid, major: 1, minor: number % 65_536 },
      staff,
    }
    this.given.push(account)
    return account
  }

  giveBack(): void {}
}

/** Accounts that exist already, each used by one party at a time. */
export class KnownAccounts implements AccountPool {
  private readonly free: Account[]

  constructor(accounts: readonly Account[]) {
    this.free = [...accounts]
  }

  take(staff: boolean): Account | null {
    const at = this.free.findIndex((account) => (account.staff ?? false) === staff)
    return at < 0 ? null : (this.free.splice(at, 1)[0] ?? null)
  }

  giveBack(account: Account): void {
    this.free.push(account)
  }
}
