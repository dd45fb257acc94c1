/** What the account service knew before a copy of its data was put back, and what the payment provider still knows. */
import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { openDatabase } from '../../../models/platform/open-database.ts'
import type { SimulatedDatabase } from '../world/database.ts'

/** What money was asked for. */
export interface Asked {
  /** In the service's words, as is the refund; null: the money is for the bill itself. */
  readonly trip: string
  readonly refund: string | null
}

export interface Facts {
  /** By the name of the attempt. */
  readonly asked: ReadonlyMap<string, Asked>
  /** With the ids of their purchases. */
  readonly trips: ReadonlyMap<string, string>
  /** As they were granted; `waived`: it lowered what was owed. */
  readonly refunds: ReadonlyMap<string, { readonly trip: string; readonly waived: boolean }>
}

export const noFacts: Facts = { asked: new Map(), trips: new Map(), refunds: new Map() }

export function factsOf(books: Pick<SimulatedDatabase, 'peek'>): Facts {
  const asked = books.peek<{ id: string; trip: string; refund: string | null }>(
    `SELECT attempt.id AS id, purchase.trip_id AS trip, attempt.refund_id AS refund
     FROM attempt JOIN purchase ON purchase.id = attempt.purchase_id`,
  )
  const trips = books.peek<{ trip: string; id: string }>('SELECT trip_id AS trip, id FROM purchase')
  const refunds = books.peek<{ id: string; trip: string; waived: number }>(
    `SELECT refund.id AS id, purchase.trip_id AS trip, refund.waived AS waived
     FROM refund JOIN purchase ON purchase.id = refund.purchase_id ORDER BY refund.rowid`,
  )
  return {
    asked: new Map(asked.map((one) => [one.id, one])),
    trips: new Map(trips.map(({ trip, id }) => [trip, id])),
    refunds: new Map(refunds.map(({ id, trip, waived }) => [id, { trip, waived: waived === 1 }])),
  }
}

/** Of data that nobody has open, which is as it was afterwards. `when`: it is closed when the platform likes, so not looked at twice. */
export function factsOfFile(path: string, when: 'before' | 'after'): Facts {
  const copy = `${path}-${when}`
  for (const part of ['', '-wal']) if (existsSync(`${path}${part}`)) copyFileSync(`${path}${part}`, `${copy}${part}`)
  const db = openDatabase(copy)
  const facts = factsOf({ peek: (sql, values = []) => db.prepare(sql).all(...values) })
  db.close()
  rmSync(copy)
  return facts
}

/** What either has; of what both have the later. */
export function both(earlier: Facts, later: Facts): Facts {
  return {
    asked: new Map([...earlier.asked, ...later.asked]),
    trips: new Map([...earlier.trips, ...later.trips]),
    refunds: new Map([...earlier.refunds, ...later.refunds]),
  }
}

/** What was there and is not any more, in its order. */
export function missing(before: Facts, after: Facts): Facts {
  const rest = <T>(all: ReadonlyMap<string, T>, kept: ReadonlyMap<string, T>) =>
    new Map([...all].filter(([key]) => !kept.has(key)))
  return {
    asked: rest(before.asked, after.asked),
    trips: rest(before.trips, after.trips),
    refunds: rest(before.refunds, after.refunds),
  }
}
