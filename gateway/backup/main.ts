/** `npm run backup -- data/s1.db s1-monday.db` and `npm run restore -- s1-monday.db data/s1.db` */
import { Command } from 'commander'
import { BackupError, backUp, restore } from '../../edge/runtime/journal-backup.ts'

const program = new Command('backup').description("Copies of a store's data, and the way back.")
program
  .command('backup')
  .description('copies the data of a store or of the account service to a new file; the store may be open')
  .argument('<data>', 'the database file, such as data/s1.db')
  .argument('<out>', 'a new file')
  .action((data: string, out: string) =>
    orWords(() => {
      backUp(data, out)
      return `${data} was copied to ${out}; the copy was read and is whole`
    }),
  )
program
  .command('restore')
  .description('puts a copy back; stop the gateway first')
  .argument('<backup>', 'a file that backup wrote')
  .argument('<data>', 'the database file, such as data/s1.db')
  .action((backup: string, data: string) =>
    orWords(() => {
      const { before, billsTakenOver } = restore(backup, data)
      const taken =
        before === null ? '' : `; what was there is ${before}, ${billsTakenOver} newer bills of it were taken over`
      return `${backup} is ${data} now${taken}`
    }),
  )
// As what is copied: its owner's alone to read.
process.umask(0o077)
program.parse()

function orWords(work: () => string): void {
  try {
    console.log(work())
  } catch (error) {
    if (!(error instanceof BackupError)) throw error
    console.error(error.message)
    process.exitCode = 2
  }
}
