/** `npm run backup -- data/gateway/s1.db monday.db` and `npm run restore -- monday.db data/gateway/s1.db` */
import { Command } from 'commander'
import { BackupError, backUp, type Restored, restore } from '../../edge/runtime/journal-backup.ts'

/** What no copy of an account service brings back: said where nothing is left of what was there, too. */
const ofService =
  'stores send their bills since the copy again by themselves; what else was made since is not in it: give refunds again ' +
  'in the same order and under the same ids, see to failed ones as before, revoke credentials again, and make and close accounts again; everybody signs in again'

const ofRights = 'who was let in no more since the copy may come in again: take roles and credentials back again'

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
      return wordsOf(backup, data, restore(backup, data, Date.now()))
    }),
  )
// As what is copied: its owner's alone to read.
process.umask(0o077)
program.parse()

function wordsOf(backup: string, data: string, restored: Restored): string {
  const { before, messages, billsTakenOver, isService, mayLetIn } = restored
  const words = [`${backup} is ${data} now`]
  if (before !== null) words.push(`what was there is ${before}`)
  if (messages !== null) words.push(`what devices said in its last minute is ${messages}`)
  if (before !== null && billsTakenOver !== null) words.push(`${billsTakenOver} newer bills of it were taken over`)
  return [...words, ...(isService ? [ofService] : []), ...(mayLetIn ? [ofRights] : [])].join('; ')
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
