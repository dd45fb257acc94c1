import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { testStore } from '../testing/store.ts'
import { addSecret, type Wish } from './add.ts'
import { type CredentialBook, credentialFile, openCredentialBook } from './credential-book.ts'
import { createKeyring } from './keyring.ts'
import { digestOf, isSecretOf, newSecret } from './secret.ts'
import { simulatorCredentials } from './simulator-secrets.ts'

let folder: string
let book: CredentialBook
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-credentials-'))
  book = openCredentialBook(credentialFile(join(folder, 'data')))
})
afterEach(async () => {
  book.close()
  await rm(folder, { recursive: true, force: true })
})

const wish = (changes: Partial<Wish> = {}): Wish => ({
  name: 'g1',
  role: 'device',
  replace: false,
  store: testStore(),
  now: 1_767_261_600_000,
  ...changes,
})

describe('newSecret()', () => {
  test('gives 256 bits, each time others, whose digest only they match', () => {
    const [one, two] = [newSecret(), newSecret()]
    expect(Buffer.from(one, 'base64url')).toHaveLength(32)
    expect(one).not.toBe(two)
    expect(isSecretOf(Buffer.from(one), digestOf(one))).toBe(true)
    for (const wrong of [two, '', `${one}x`]) expect(isSecretOf(Buffer.from(wrong), digestOf(one))).toBe(false)
  })
})

describe('addSecret()', () => {
  test('keeps a digest and nowhere the secret, in a file for its owner alone', async () => {
    const secret = addSecret(book, wish())
    book.close()
    const file = credentialFile(join(folder, 'data'))
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await readFile(file)).includes(secret)).toBe(false)
    book = openCredentialBook(file)
    const [kept] = book.list()
    expect(kept).toMatchObject({ name: 'g1', role: 'device', madeAt: 1_767_261_600_000 })
    expect(isSecretOf(Buffer.from(secret), kept?.digest ?? Buffer.alloc(32))).toBe(true)
  })

  test.each([
    [{ name: 'ghost' }, 'found "ghost", wanted the id of a device of the store file, or another --role'],
    [{ role: 'reader' }, '"g1" is a device of the store file; a connection of role reader needs another name'],
    [{ role: 'control', name: 'a b' }, 'found "a b", wanted 1 to 64 of'],
  ] as const)('refuses %j in words', (changes, words) => {
    expect(() => addSecret(book, wish(changes))).toThrow(words)
    expect(book.list()).toEqual([])
  })

  test('replaces only when told to, and then the old secret is good no more', () => {
    const old = addSecret(book, wish())
    expect(() => addSecret(book, wish())).toThrow('--replace makes another')
    addSecret(book, wish({ replace: true }))
    expect(book.list().map(({ digest }) => isSecretOf(Buffer.from(old), digest ?? Buffer.alloc(32)))).toEqual([false])
  })
})

describe('createKeyring()', () => {
  test('sees what another process adds and removes, and says so', () => {
    const keyring = createKeyring({ file: credentialFile(join(folder, 'data')), simulators: () => [] })
    const onChange = vi.fn()
    keyring.onChange(onChange)
    keyring.start()
    addSecret(book, wish())
    expect(keyring.find('g1')).toHaveLength(1)
    book.remove('g1')
    keyring.refresh()
    keyring.refresh()
    expect(keyring.find('g1')).toEqual([])
    expect(onChange).toHaveBeenCalledTimes(2)
    keyring.stop()
  })
})

describe('simulatorCredentials()', () => {
  test('makes a secret for each device and the simulator, for its owner alone, and keeps them', async () => {
    const file = join(folder, 'secrets.json')
    const made = simulatorCredentials(file, testStore())
    expect(made.map(({ name, role }) => `${name} ${role}`)).toEqual([
      'sim control',
      ...testStore().devices.map(({ id }) => `${id} device`),
    ])
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const { g1 } = JSON.parse(await readFile(file, 'utf8'))
    expect(made.find(({ name }) => name === 'g1')?.digest).toEqual(digestOf(g1))
    expect(simulatorCredentials(file, testStore())).toEqual(made)
  })

  test('refuses a file that is something else, and shows nothing of it', async () => {
    const file = join(folder, 'secrets.json')
    await writeFile(file, '{"g1":"hunter2"}')
    expect(() => simulatorCredentials(file, testStore())).toThrow(/^((?!hunter2).)*no file of simulators' secrets.*$/)
  })
})
