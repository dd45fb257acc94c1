/** `npm run credentials -- add g1 --store store.json`: who may connect to the store's broker. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Argument, Command, Option } from 'commander'
import { parseStoreText, type Store } from '../../models/contracts/store.ts'
import { describeFault } from '../../models/contracts/validate.ts'
import { certificateFolder, issueForDevice, openAuthority, write } from '../certificates/certificate-folder.ts'
import { noteIn } from '../staff/note.ts'
import { addCertificate, addSecret, type Wish, WrongName } from './add.ts'
import { type Role, roles } from './credential.ts'
import { type CredentialBook, credentialFile, openCredentialBook } from './credential-book.ts'

const wrongInput = 2
const dataOption = () => new Option('--data <dir>', "the gateway's data folder").default('data/gateway')

function fail(message: string): never {
  console.error(message)
  process.exit(wrongInput)
}

function readStore(file: string): Store {
  if (statSync(file).isDirectory()) fail(`${file} is a folder: --store wants the store file`)
  const parsed = parseStoreText(readFileSync(file, 'utf8'))
  if (parsed.ok) return parsed.value
  return fail(
    `${file} is not a good store file:\n${parsed.faults.map((fault) => `  ${describeFault(fault)}`).join('\n')}`,
  )
}

/** Where there is a book already: another folder is a mistake. */
function withKnownBook<T>(data: string, work: (book: CredentialBook) => T): Promise<T> {
  const file = credentialFile(data)
  if (existsSync(file)) return withBook(data, work)
  return fail(`${file} was not found: --data wants the gateway's data folder`)
}

async function withBook<T>(data: string, work: (book: CredentialBook) => T | Promise<T>): Promise<T> {
  const book = openCredentialBook(credentialFile(data))
  try {
    return await work(book)
  } finally {
    book.close()
  }
}

interface AddOptions {
  readonly store: string
  readonly data: string
  readonly role: Role
  readonly replace?: boolean
  readonly certificate?: string
}

async function add(name: string, { store, data, role, replace = false, certificate }: AddOptions): Promise<void> {
  const wish = { name, role, replace, store: readStore(store), now: Date.now() }
  const clientId = role === 'device' ? name : `${name}, or ${name}: and anything behind it`
  const rows = certificate === undefined ? await passwordFor(wish, data) : await certificateFor(wish, data, certificate)
  await noteIn(data, 'credential-added', name, certificate === undefined ? role : `${role}, a certificate`)
  console.log([`${name} may connect now.`, ...rows, `  client id    ${clientId}`].join('\n'))
}

async function passwordFor(wish: Wish, data: string): Promise<string[]> {
  const secret = await withBook(data, (book) => addSecret(book, wish))
  return [
    'The password is shown this once; the store keeps only a fingerprint of it.',
    `  user name    ${wish.name}`,
    `  password     ${secret}`,
  ]
}

async function certificateFor(wish: Wish, data: string, folder: string): Promise<string[]> {
  const authority = await openAuthority(certificateFolder(data), wish.store.id, wish.now)
  // Written before it counts, so that no credential is left whose files are nowhere.
  const issue = async () => {
    const made = await issueForDevice(authority, wish.name, wish.now)
    write(folder, wish.name, made)
    writeFileSync(join(folder, 'ca.pem'), `${authority.certificate}\n`)
    return made
  }
  await withBook(data, (book) => addCertificate(book, wish, issue))
  return [
    'Move these to the device; the store keeps only a fingerprint. It needs no password.',
    `  certificate  ${join(folder, `${wish.name}.pem`)}`,
    `  key          ${join(folder, `${wish.name}-key.pem`)}`,
    `  trusts       ${join(folder, 'ca.pem')}`,
  ]
}

async function revoke(name: string, { data }: { data: string }): Promise<void> {
  if (!(await withKnownBook(data, (book) => book.remove(name)))) fail(`there is no credential for ${name}`)
  await noteIn(data, 'credential-revoked', name)
  console.log(`${name} may connect no more; a running gateway closes its connection within a second.`)
}

async function list({ data }: { data: string }): Promise<void> {
  const all = await withKnownBook(data, (book) => book.list())
  for (const { name, role, madeAt } of all) console.log(`${name}\t${role}\t${new Date(madeAt).toISOString()}`)
  if (all.length === 0) console.error('There are no credentials yet.')
}

const program = new Command('npm run credentials --').description("Who may connect to the store's MQTT broker.")
program
  .command('add')
  .description('makes a random password, or a certificate, for a device of the store file')
  .addArgument(new Argument('<name>', 'id of the device; with --role a name for who connects'))
  .requiredOption('--store <file>', 'the store file')
  .addOption(dataOption())
  .addOption(
    new Option('--role <role>', 'device; control: speaks for all devices; reader: hears all, says nothing')
      .choices(roles)
      .default('device'),
  )
  .option('--certificate <folder>', 'a certificate in place of a password, for TLS; written there with its key')
  .option('--replace', 'makes a new password where there is one; the old one is good no more')
  .action(add)
program
  .command('revoke')
  .description('takes a credential back; whoever is connected with it is closed')
  .argument('<name>')
  .addOption(dataOption())
  .action(revoke)
program.command('list').description('name, role and when it was made').addOption(dataOption()).action(list)

// Who may connect, keys and the audit log are this machine's account's alone to read.
process.umask(0o077)
try {
  await program.parseAsync()
} catch (error) {
  const { code, path, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' && path !== undefined) fail(`${path}: not found`)
  if (error instanceof WrongName) fail(message)
  if ((code === 'EEXIST' || code === 'ENOTDIR') && path !== undefined) fail(`${path}: wanted a folder, found a file`)
  throw error
}
