/** `npm run stores -- add s1 --data data/accounts`: what stores prove themselves by at the account service. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { migrate } from '../migrations.ts'
import { newFileFault } from '../new-file.ts'
import { createAuditLog } from '../people/audit-log.ts'
import { openSqlite } from '../sql.ts'
import { endWords } from './credential-ends.ts'
import {
  createStoreCredentials,
  mostDays,
  type StoreCredential,
  StoreCredentialError,
  type StoreCredentials,
  type StoreRole,
  storeRoles,
  usualDays,
} from './store-credentials.ts'

const wrongInput = 2
const dataOption = () => new Option('--data <dir>', "folder of the account service's database").makeOptionMandatory()

interface Options {
  readonly data: string
}

function parseDays(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new InvalidArgumentError(`found "${text}", wanted a number from 1 to ${mostDays}`)
}

/** `work` says what to print, and what it did to which credential, for the audit log. */
interface Done {
  readonly words: string
  readonly noted?: { readonly what: 'credential-added' | 'credential-revoked'; readonly credential: StoreCredential }
}

type Work = (credentials: StoreCredentials) => Promise<Done>

/** Where there is a database already: another folder is a mistake. */
async function withKnown(data: string, work: Work): Promise<void> {
  const file = join(data, 'accounts.db')
  if (existsSync(file)) return withCredentials(data, work)
  console.error(`${file} was not found: --data wants the folder of the account service's database`)
  process.exitCode = wrongInput
}

async function withCredentials(data: string, work: Work): Promise<void> {
  mkdirSync(data, { recursive: true })
  const sql = openSqlite(join(data, 'accounts.db'))
  try {
    await migrate(sql, Date.now())
    const { words, noted } = await work(createStoreCredentials(sql, Date.now))
    if (noted !== undefined) {
      const { id, storeId, role, endsAt } = noted.credential
      const detail = `${role} ${id}, ends ${new Date(endsAt).toISOString()}, by ${userInfo().username}`
      await createAuditLog(sql, Date.now).append({
        what: noted.what,
        who: 'command',
        about: `store ${storeId}`,
        detail,
      })
    }
    console.log(words)
  } catch (error) {
    if (!(error instanceof StoreCredentialError)) throw error
    console.error(error.message)
    process.exitCode = wrongInput
  } finally {
    await sql.close()
  }
}

interface AddOptions extends Options {
  readonly role: StoreRole
  readonly days: number
  readonly out?: string
}

const rights: Readonly<Record<StoreRole, string>> = {
  gateway: 'deliver bills and ask who may come in',
  office: 'give money back and make accounts',
}

const add = (storeId: string, { data, role, days, out }: AddOptions) =>
  withCredentials(data, async (credentials) => {
    // Looked at first, so that no credential is made that nobody has.
    const fault = out === undefined ? null : newFileFault(out)
    if (fault !== null) throw new StoreCredentialError(fault)
    const { token, credential } = await credentials.add(storeId, role, days)
    if (out !== undefined) writeFileSync(out, `${token}\n`, { flag: 'wx' })
    const where =
      out === undefined
        ? [
            'The token is shown this once; the account service keeps only a fingerprint of it.',
            `  TILLFREE_STORE_TOKEN=${token}`,
          ]
        : [`The token is in ${out}, for its owner alone.`]
    const words = [
      `The ${role} of ${storeId} may ${rights[role]} until ${new Date(credential.endsAt).toISOString().slice(0, 10)}.`,
      ...where,
      `  credential  ${credential.id}  (to revoke it)`,
    ]
    return { words: words.join('\n'), noted: { what: 'credential-added', credential } }
  })

const revoke = (id: string, { data }: Options) =>
  withKnown(data, async (credentials) => {
    const credential = await credentials.revoke(id)
    if (credential === null) throw new StoreCredentialError(`there is no credential ${id}: see list`)
    const words = `The credential ${id} of ${credential.storeId} is good no more.`
    return { words, noted: { what: 'credential-revoked', credential } }
  })

const list = ({ data }: Options) =>
  withKnown(data, async (credentials) => {
    const all = await credentials.list()
    return { words: all.length === 0 ? 'No store has a credential yet.' : all.map(lineOf).join('\n') }
  })

function lineOf({ id, storeId, role, madeAt, endsAt, usedAt }: StoreCredential): string {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  const used = usedAt === null ? 'never used' : `used ${new Date(usedAt).toISOString().slice(0, 16)}Z`
  const soon = endWords(endsAt, Date.now()) === null ? '' : '\tmake another one'
  return `${storeId}\t${role}\t${id}\tmade ${day(madeAt)}\tends ${day(endsAt)}\t${used}${soon}`
}

const program = new Command('npm run stores --').description(
  'What stores prove themselves by at the account service, each by its own; the service may run.',
)
program
  .command('add')
  .description("makes a store's credential; a second one is good beside the first, to exchange it without a gap")
  .argument('<store>', 'id in the store file')
  .addOption(dataOption())
  .addOption(
    new Option(
      '--role <role>',
      'gateway: delivers bills; office: serves shoppers, gives money back, makes accounts, too',
    )
      .choices(storeRoles)
      .default('gateway'),
  )
  .option('--days <number>', `for how long it is good, ${mostDays} at most`, parseDays, usualDays)
  .option('--out <file>', 'writes the token to a new file in place of showing it')
  .action(add)
program
  .command('revoke')
  .description('takes one back; its next request is refused')
  .argument('<credential>', 'as list names it')
  .addOption(dataOption())
  .action(revoke)
program
  .command('list')
  .description('store, role, credential, when it was made, ends and was used last')
  .addOption(dataOption())
  .action(list)
// Tokens and accounts are this machine's account's alone to read.
process.umask(0o077)
await program.parseAsync()
