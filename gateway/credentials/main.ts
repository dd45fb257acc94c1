/** `npm run credentials -- add g1 --store store.json`: who may connect to the store's broker. */
import { readFileSync } from 'node:fs'
import { Argument, Command, Option } from 'commander'
import { parseStoreText, type Store } from '../../models/contracts/store.ts'
import { describeFault } from '../../models/contracts/validate.ts'
import { addCredential, WrongName } from './add.ts'
import { type Role, roles } from './credential.ts'
import { type CredentialBook, credentialFile, openCredentialBook } from './credential-book.ts'

const wrongInput = 2
const dataOption = () => new Option('--data <dir>', "the gateway's data folder").default('data/gateway')

function fail(message: string): never {
  console.error(message)
  process.exit(wrongInput)
}

function readStore(file: string): Store {
  const parsed = parseStoreText(readFileSync(file, 'utf8'))
  if (parsed.ok) return parsed.value
  return fail(
    `${file} is not a good store file:\n${parsed.faults.map((fault) => `  ${describeFault(fault)}`).join('\n')}`,
  )
}

function withBook<T>(data: string, work: (book: CredentialBook) => T): T {
  const book = openCredentialBook(credentialFile(data))
  try {
    return work(book)
  } finally {
    book.close()
  }
}

interface AddOptions {
  readonly store: string
  readonly data: string
  readonly role: Role
  readonly replace?: boolean
}

function add(name: string, { store, data, role, replace = false }: AddOptions): void {
  const wish = { name, role, replace, store: readStore(store), now: Date.now() }
  const secret = withBook(data, (book) => addCredential(book, wish))
  const rows = [
    `${name} may connect now. The password is shown this once; the store keeps only a fingerprint of it.`,
    `  user name  ${name}`,
    `  password   ${secret}`,
    `  client id  ${role === 'device' ? name : `${name}, or ${name}: and anything behind it`}`,
  ]
  console.log(rows.join('\n'))
}

function revoke(name: string, { data }: { data: string }): void {
  if (!withBook(data, (book) => book.remove(name))) fail(`there is no credential for ${name}`)
  console.log(`${name} may connect no more; a running gateway closes its connection within a second.`)
}

function list({ data }: { data: string }): void {
  const all = withBook(data, (book) => book.list())
  for (const { name, role, madeAt } of all) console.log(`${name}\t${role}\t${new Date(madeAt).toISOString()}`)
  if (all.length === 0) console.error('There are no credentials yet.')
}

const program = new Command('npm run credentials --').description("Who may connect to the store's MQTT broker.")
program
  .command('add')
  .description('makes a random password for a device of the store file and shows it once')
  .addArgument(new Argument('<name>', 'id of the device; with --role a name for who connects'))
  .requiredOption('--store <file>', 'the store file')
  .addOption(dataOption())
  .addOption(
    new Option('--role <role>', 'device; control: speaks for all devices; reader: hears all, says nothing')
      .choices(roles)
      .default('device'),
  )
  .option('--replace', 'makes a new password where there is one; the old one is good no more')
  .action(add)
program
  .command('revoke')
  .description('takes a credential back; whoever is connected with it is closed')
  .argument('<name>')
  .addOption(dataOption())
  .action(revoke)
program.command('list').description('name, role and when it was made').addOption(dataOption()).action(list)

try {
  program.parse()
} catch (error) {
  const { code, path, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' && path !== undefined) fail(`${path}: not found`)
  if (error instanceof WrongName) fail(message)
  throw error
}
