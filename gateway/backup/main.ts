/** `npm run backup -- data/gateway/s1.db monday.db` and `npm run restore -- monday.db data/gateway/s1.db` */
import { Command } from 'commander'
import { BackupError, backUp, restore } from '../../edge/runtime/journal-backup.ts'

const program = new Command('npm run').description("Copies of a store's data, and the way back.")
program
  .command('backup')
  .description('copies the data of a store or of the account service to a new file; the store may be open')
  .argument('<data>', 'the database file, such as data/gateway/s1.db or data/accounts/accounts.db')
  .argument('<out>', 'a new file')
  .action((data: string, out: string) =>
    orWords(() => {
      backUp(data, out)
      return `${data} was copied to ${out}; the copy was read and is whole`
    }),
  )
program
  .command('restore')
  .description('puts a copy back; stop the store first')
  .argument('<backup>', 'a file that backup wrote')
  .argument('<data>', 'the database file, such as data/gateway/s1.db or data/accounts/accounts.db')
  .action((backup: string, data: string) =>
    orWords(() => {
      const { before, billsTakenOver } = restore(backup, data, Date.now())
      const taken = before === null ? '' : `; what was there is ${before}, ${newer(billsTakenOver)}`
      return `${backup} is ${data} now${taken}`
    }),
  )
// As what is copied: its owner's alone to read.
process.umask(0o077)
program.parse()

function newer(bills: number | null): string {
  return bills === null
    ? 'and nothing newer of it was taken over: stores send their bills of that time again by themselves; give refunds again under the same ids, revoke credentials again, and look there for what else was made since the copy'
    : `${bills} newer bills of it were taken over`
}

function orWords(work: () => string): void {
  try {
    console.log(work())
  } catch (error) {
    if (!(error instanceof BackupError)) throw error
    console.error(error.message)
    process.exitCode = 2
  }
}
