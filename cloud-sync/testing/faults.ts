/** Breaks the nth thing that happens in a process, for every n (as SQLite tests itself). */
import type { Sql, SqlSession } from '../sql.ts'

/** `once`: one thing fails and the process goes on. `crash`: after it nothing works until the process is started anew. */
export type FaultMode = 'once' | 'crash'

export class Faults {
  private left: number
  private readonly mode: FaultMode
  private dead = false

  constructor(nth: number, mode: FaultMode) {
    this.left = nth
    this.mode = mode
  }

  /** Whether the nth thing has happened. */
  get struck(): boolean {
    return this.left <= 0
  }

  point(what: string): void {
    if (this.dead) throw new Error(`the process is dead: ${what}`)
    this.left -= 1
    if (this.left !== 0) return
    this.dead = this.mode === 'crash'
    throw new Error(`fault at ${what}`)
  }

  /** A new process has nothing wrong with it. */
  restart(): void {
    this.dead = false
  }
}

/** Each statement may fail, and each commit: before it, or after it, when nobody hears that it was done. */
export function faultySql(sql: Sql, faults: Faults): Sql {
  const wrap = (session: SqlSession): SqlSession => ({
    async query(text, values) {
      faults.point(text)
      return session.query(text, values)
    },
    async run(text, values) {
      faults.point(text)
      return session.run(text, values)
    },
  })
  return {
    ...wrap(sql),
    async transaction(work) {
      faults.point('BEGIN')
      const result = await sql.transaction(async (session) => {
        const value = await work(wrap(session))
        faults.point('COMMIT')
        return value
      })
      faults.point('after COMMIT')
      return result
    },
    close: () => sql.close(),
  }
}
