/** `npm run staff -- add marta --role operator`: who may see and do what on the store's pages. */
import { existsSync, mkdirSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { ownSite } from '../../cloud-sync/people/own-site.ts'
import { RoleSchema, StaffNameSchema, type StaffRole } from '../../models/contracts/staff.ts'
import { compile } from '../../models/contracts/validate.ts'
import { inGroups } from './code-words.ts'
import { noteOf } from './note.ts'
import { openStaffBook, type StaffBook, StaffError, staffFile } from './staff-book.ts'

const wrongInput = 2
const dataOption = () => new Option('--data <dir>', "the gateway's data folder").default('data/gateway')
const roleOption = () =>
  new Option('--role <role>', 'viewer: sees; operator: settles reviews, looks at cameras; admin: who may what').choices(
    ['viewer', 'operator', 'admin'],
  )
const isName = compile(StaffNameSchema)

interface Options {
  readonly data: string
}

function parseName(text: string): string {
  if (isName(text).ok) return text
  throw new InvalidArgumentError('wanted up to 40 letters, digits, spaces, dots, dashes')
}

type Work = (book: StaffBook) => Promise<void>

/** Where there is a book already: another folder is a mistake. */
async function withKnownBook(data: string, work: Work): Promise<void> {
  const file = staffFile(data)
  if (existsSync(file)) return withBook(data, work)
  console.error(`${file} was not found: --data wants the gateway's data folder`)
  process.exitCode = wrongInput
}

async function withBook(data: string, work: Work): Promise<void> {
  mkdirSync(data, { recursive: true })
  const book = await openStaffBook({ file: staffFile(data), site: ownSite(null), now: Date.now })
  try {
    await work(book)
  } catch (error) {
    if (!(error instanceof StaffError)) throw error
    console.error(error.message)
    process.exitCode = wrongInput
  } finally {
    await book.close()
  }
}

function showCode(name: string, secret: string): void {
  console.log(
    [
      `${name} signs in with this code, once, within a day; it is shown this once.`,
      `  code   ${inGroups(secret)}`,
      `  page   <address of the store's pages>/sign-in/#sign-in=${secret}`,
    ].join('\n'),
  )
}

interface AddOptions extends Options {
  readonly role: StaffRole
  readonly program?: boolean
}

const add = (name: string, { data, role, program = false }: AddOptions) =>
  withBook(data, async (book) => {
    const said = noteOf('account-made', name, program ? `${role}, a program` : role)
    if (program) {
      const token = await book.addProgram(name, role, said)
      console.log(`${name} sends this with every request; it is shown this once.\n  Authorization: Bearer ${token}`)
    } else showCode(name, (await book.add(name, role, said)).secret)
  })

const code = (name: string, { data }: Options) =>
  withKnownBook(data, async (book) => {
    showCode(name, (await book.newCode(name, noteOf('sign-in-link-made', name))).secret)
  })

const role = (name: string, wanted: StaffRole, { data }: Options) =>
  withKnownBook(data, async (book) => {
    await book.setRole(name, wanted, noteOf('role-changed', name, wanted))
    console.log(`${name} is ${wanted} now.`)
  })

const remove = (name: string, { data }: Options) =>
  withKnownBook(data, async (book) => {
    await book.remove(name, noteOf('account-removed', name))
    console.log(`${name} is signed out and may do nothing any more.`)
  })

const list = ({ data }: Options) =>
  withKnownBook(data, async (book) => {
    const all = await book.list()
    for (const { name, role, isProgram, madeAt } of all)
      console.log([name, role, isProgram ? 'program' : 'person', new Date(madeAt).toISOString()].join('\t'))
    if (all.length === 0) console.error('There is nobody yet.')
  })

const program = new Command('npm run staff --').description("Who may see and do what on the store's pages.")
program
  .command('add')
  .description('a person, who gets a code to sign in with; or a program, which gets a token')
  .argument('<name>', '', parseName)
  .addOption(roleOption().makeOptionMandatory())
  .option('--program', 'reads the interface without signing in: Prometheus, a script')
  .addOption(dataOption())
  .action(add)
program
  .command('code')
  .description('a new code for who has lost their passkey')
  .argument('<name>')
  .addOption(dataOption())
  .action(code)
program
  .command('role')
  .description('viewer, operator or admin from now on')
  .argument('<name>')
  .argument('<role>', '', (text: string) => {
    if (compile(RoleSchema)(text).ok) return text as StaffRole
    throw new InvalidArgumentError('wanted viewer, operator or admin')
  })
  .addOption(dataOption())
  .action(role)
program
  .command('remove')
  .description('signs them out and lets them in no more')
  .argument('<name>')
  .addOption(dataOption())
  .action(remove)
program.command('list').description('name, role, person or program, since when').addOption(dataOption()).action(list)
// Who may sign in is this machine's account's alone to read.
process.umask(0o077)
await program.parseAsync()
