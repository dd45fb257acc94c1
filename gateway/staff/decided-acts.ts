/**
 * The audit log's rows about what is decided in another database, the journal: no transaction holds both. So an act is written down
 * before it is decided, and is in the log after. What a kill or a full disk left between the two is finished by what the journal says.
 */
import type { AuditLog } from '../../cloud-sync/people/audit-log.ts'
import type { Sql } from '../../cloud-sync/sql.ts'

/** One that was begun and is not known to be decided. */
export const decidedActTables: readonly string[] = [
  `CREATE TABLE begun_act (
    what TEXT NOT NULL, about TEXT NOT NULL, who TEXT NOT NULL, place TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (what, about))`,
]

/** A type and not an interface, as a row of the database wants it. */
export type DecidedAct = {
  readonly what: 'review-settled' | 'late-closed'
  readonly about: string
  readonly who: string
  readonly place: string
  readonly detail: string
}

/** Who decided, by the journal; null: nobody has. */
export type DecidedBy = (act: Pick<DecidedAct, 'what' | 'about'>) => Promise<string | null>

export interface DecidedActs {
  /** Does `work`, one after the other; the act stands in the audit log, once, if it `isNew` what came of it. */
  run<T>(act: DecidedAct, decidedBy: DecidedBy, work: () => Promise<T>, isNew: (result: T) => boolean): Promise<T>
  /** Writes down what an earlier process had decided, and let go of before it said so. */
  finish(decidedBy: DecidedBy): Promise<void>
}

export function createDecidedActs(sql: Sql, audit: AuditLog): DecidedActs {
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work)
    last = next.catch(() => {})
    return next
  }

  const begin = ({ what, about, who, place, detail }: DecidedAct) =>
    sql.run('INSERT INTO begun_act (what, about, who, place, detail) VALUES (?, ?, ?, ?, ?)', [
      what,
      about,
      who,
      place,
      detail,
    ])

  const end = (act: DecidedAct, wasDone: boolean) =>
    sql.transaction(async (within) => {
      await within.run('DELETE FROM begun_act WHERE what = ? AND about = ?', [act.what, act.about])
      if (wasDone) await audit.append(act, within)
    })

  async function finish(decidedBy: DecidedBy, left: readonly DecidedAct[]): Promise<void> {
    for (const act of left) await end(act, (await decidedBy(act)) === act.who)
  }

  return {
    run: (act, decidedBy, work, isNew) =>
      inTurn(async () => {
        const { what, about } = act
        await finish(decidedBy, await sql.query('SELECT * FROM begun_act WHERE what = ? AND about = ?', [what, about]))
        // Of what was decided before, nothing is left to be said: asked again, it must not be finished a second time.
        if ((await decidedBy(act)) === null) await begin(act)
        const result = await work()
        await end(act, isNew(result))
        return result
      }),
    finish: (decidedBy) => inTurn(async () => finish(decidedBy, await sql.query('SELECT * FROM begun_act'))),
  }
}
