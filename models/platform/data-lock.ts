/** One process to a folder: two gateways on one journal would each bill what the other saw; two account services would charge beside each other. */
import { join } from 'node:path'
import { type Database, openDatabase } from './open-database.ts'

/**
 * Holds the folder until the database is closed or the process ends, however it ends: the system gives the lock of a
 * dead process back, so no file is left that somebody would have to delete. Throws when it is held.
 */
export function lockData(data: string): Database {
  const lock = openDatabase(join(data, 'lock.db'))
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN IMMEDIATE')
    return lock
  } catch (error) {
    lock.close()
    const why = (error as Error).message
    if (!/locked|busy/.test(why)) throw new Error(`${data} cannot be used: ${why}`)
    throw new Error(
      `${data} is in use by another store or account service. End that one, or choose another folder: --data <dir>.`,
    )
  }
}

/** The same for as long as this process lives. */
export function holdData(data: string): void {
  const lock = lockData(data)
  process.once('exit', () => lock.close())
}
