/** `npm run privacy -- export anna --data data/accounts --out anna.json` and `npm run privacy -- erase anna --data …` */
import { existsSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { createAccountBills } from '../account-bills.ts'
import { createAccounts } from '../accounts.ts'
import { createEntryKeys } from '../entry-keys.ts'
import { ServiceError } from '../errors.ts'
import { newFileFault } from '../new-file.ts'
import { ownSite } from '../people/own-site.ts'
import { createShoppers } from '../service.ts'
import { openSqlite, type Sql } from '../sql.ts'
import { closeAccount } from './erase.ts'
import { exportAccount } from './export.ts'

interface Options {
  readonly data: string
}

const program = new Command('npm run privacy --').description(
  'What is kept about a person, erasing it, and signing them out; the service may run.',
)
program
  .command('export')
  .description('writes everything that is kept about an account to a new file, for its owner alone')
  .argument('<account>', 'id of the account')
  .requiredOption('--data <dir>', "folder of the account service's database")
  .requiredOption('--out <file>', 'a new file')
  .action((id: string, { data, out }: Options & { readonly out: string }) => {
    // Looked at first, so that the audit log has no export that nobody got.
    const fault = newFileFault(out)
    if (fault !== null) return fail(fault)
    return withDatabase(data, async (sql) => {
      const now = Date.now
      const [accounts, bills, entryKeys, people] = [
        createAccounts(sql, now),
        createAccountBills(sql, (error) => console.error(`A bill is left out: ${error.message}`)),
        createEntryKeys(sql, now),
        createShoppers(sql, ownSite(null), now),
      ]
      const found = await exportAccount({ sql, accounts, bills, entryKeys, people, now }, id)
      await people.audit.append({ what: 'exported', ...command(id) })
      writeFileSync(out, `${JSON.stringify(found, null, 1)}\n`, { mode: 0o600, flag: 'wx' })
      return `${out} has what is kept about ${id}, ${found.bills.length} bills among it`
    })
  })
program
  .command('erase')
  .description(
    'lets an account in nowhere any more and has the service erase it a day later; its receipts stay without a name',
  )
  .argument('<account>', 'id of the account')
  .requiredOption('--data <dir>', "folder of the account service's database")
  .action((id: string, { data }: Options) =>
    withDatabase(data, async (sql) => {
      await sql.transaction((session) => closeAccount(session, id, Date.now()))
      await createShoppers(sql, ownSite(null), Date.now).audit.append({
        what: 'account-closed',
        ...command(id),
      })
      return `${id} is let in nowhere any more; the account service erases it by itself, within two days as a rule`
    }),
  )
program
  .command('sign-out')
  .description('ends all sessions of an account and the link that was handed out for it; passkeys and e-mail stay')
  .argument('<account>', 'id of the account')
  .requiredOption('--data <dir>', "folder of the account service's database")
  .action((id: string, { data }: Options) =>
    withDatabase(data, async (sql) => {
      const { audit, links, sessions } = createShoppers(sql, ownSite(null), Date.now)
      if ((await createAccounts(sql, Date.now).byId(id)) === null) throw new ServiceError('NO_SUCH_ACCOUNT', id)
      await links.withdraw(id)
      const ended = await sessions.endAll(id)
      await audit.append({ what: 'sessions-ended', ...command(id, `${ended}, `) })
      return `${id} was signed out everywhere (${ended} ${ended === 1 ? 'session' : 'sessions'})`
    }),
  )
// What is kept about people is this machine's account's alone to read.
process.umask(0o077)
await program.parseAsync()

/** In the audit log, as other commands: whose sign-in at this machine it was. */
function command(about: string, more = '') {
  return { who: 'command', about, detail: `${more}by ${userInfo().username}` }
}

async function withDatabase(folder: string, work: (sql: Sql) => Promise<string>): Promise<void> {
  const path = join(folder, 'accounts.db')
  if (!existsSync(path)) return fail(`${path} was not found: --data wants the folder of the account service's database`)
  const sql = openSqlite(path)
  try {
    console.log(await work(sql))
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    fail(error.message)
  } finally {
    await sql.close()
  }
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 2
}
