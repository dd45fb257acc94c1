import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { connectAsync } from 'mqtt'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addSecret } from './credentials/add.ts'
import { credentialFile, openCredentialBook } from './credentials/credential-book.ts'
import { testStore } from './testing/store.ts'
import { until } from './testing/until.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
let folder: string
const children: ChildProcess[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-gateway-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

interface Run {
  readonly child: ChildProcess
  readonly out: () => string
  readonly err: () => string
  readonly exit: Promise<number | null>
}

function run(store: unknown, ...more: string[]): Promise<Run> {
  return runWith({}, store, ...more)
}

async function runWith(env: Readonly<Record<string, string>>, store: unknown, ...more: string[]): Promise<Run> {
  const file = join(folder, 'store.json')
  await writeFile(file, typeof store === 'string' ? store : JSON.stringify(store))
  const ports = more.includes('--http-port') ? [] : ['--http-port', '0']
  const secrets = ['--simulator-secrets', join(folder, 'secrets.json')]
  const args = ['--store', file, '--data', join(folder, 'data'), '--mqtt-port', '0', ...ports, ...secrets, ...more]
  const child = spawn(process.execPath, ['run.mjs', main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  children.push(child)
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  const exit = once(child, 'close').then(() => child.exitCode)
  return { child, out: () => out, err: () => err, exit }
}

/** How a device or the simulator logs in. */
async function loginOf(name: string) {
  const secrets = JSON.parse(await readFile(join(folder, 'secrets.json'), 'utf8'))
  return { clientId: name, username: name, password: String(secrets[name]), reconnectPeriod: 0 }
}

/** As the simulator does. */
async function look(url: string): Promise<Response> {
  const { password } = await loginOf('sim')
  return fetch(url, { headers: { authorization: `Bearer ${password}` } })
}

async function ready(started: Run): Promise<{ mqttPort: number; mqttTlsPort: number | null; httpPort: number }> {
  await until(() => started.out().includes('\n') || started.child.exitCode !== null)
  return JSON.parse(started.out())
}

describe('gateway/main.ts', () => {
  test('does not start on the data of a gateway that runs, whatever its ports, and does when that was killed', async () => {
    const first = await run(testStore())
    await ready(first)
    const second = await run(testStore())
    await until(() => second.child.exitCode !== null || second.out().includes('ready'))
    expect([await second.exit, second.out()]).toEqual([1, ''])
    expect(second.err()).toContain(`${join(folder, 'data')} is in use by another store`)
    first.child.kill('SIGKILL')
    await first.exit
    await ready(await run(testStore()))
  })

  test('says in one line that it is ready, takes messages, and stops in order', async () => {
    const started = await run(testStore())
    const { mqttPort, httpPort } = await ready(started)
    const shelf = await connectAsync(`mqtt://127.0.0.1:${mqttPort}`, await loginOf('g1'))
    const topic = 'tillfree/1/s1/dev/g1/raw/weight'
    const envelope = { v: 1, ts: Date.now(), boot: 'b', seq: 0, data: { rateHz: 60, cells: { c1: [1] } } }
    await shelf.publishAsync(topic, JSON.stringify(envelope), { qos: 1 })
    await shelf.publishAsync(topic, '{"v":1,', { qos: 1 })
    const stranger = { clientId: 'g2', username: 'g2', password: 'a-guess', reconnectPeriod: 0 }
    await expect(connectAsync(`mqtt://127.0.0.1:${mqttPort}`, stranger)).rejects.toThrow('Bad username or password')
    const live = await (await look(`http://127.0.0.1:${httpPort}/api/live.json`)).json()
    expect(live).toMatchObject({ rejected: [{ cause: 'json', count: 1 }] })
    const metrics = await (await look(`http://127.0.0.1:${httpPort}/metrics`)).text()
    expect(metrics).toContain('tillfree_messages_rejected_total{device="g1",cause="json"} 1')
    expect(metrics).toContain('tillfree_device_messages{device="g1"} 2')
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(0)
    expect(started.out().trim().split('\n')).toHaveLength(1)
    await shelf.endAsync(true)
    const { password } = await loginOf('g1')
    expect(started.err()).toContain('a wrong user name or password')
    for (const secret of [password, 'a-guess']) expect(started.out() + started.err()).not.toContain(secret)
  })

  test('says which error ended it that was not foreseen', async () => {
    const preload = join(folder, 'fail.mjs')
    await writeFile(preload, "process.on('SIGUSR2', () => { throw new Error('unforeseen') })")
    const started = await runWith({ NODE_OPTIONS: `--import ${pathToFileURL(preload)}` }, testStore())
    await ready(started)
    started.child.kill('SIGUSR2')
    expect(await started.exit).toBe(1)
    expect(started.err()).toMatch(/"level":60.*Error: unforeseen.*fail\.mjs/)
  })

  test('lets a device in over TLS that was enrolled while it runs, and puts it out when that is taken back', async () => {
    const started = await run(testStore(), '--mqtt-host', '127.0.0.1', '--mqtt-tls-port', '0')
    const { mqttTlsPort } = await ready(started)
    const book = openCredentialBook(credentialFile(join(folder, 'data')))
    const wish = { name: 'g2', role: 'device' as const, replace: false, store: testStore(), now: Date.now() }
    const password = addSecret(book, wish)
    const ca = await readFile(join(folder, 'data', 'tls', 'ca.pem'), 'utf8')
    const login = { ca, clientId: 'g2', username: 'g2', password, reconnectPeriod: 200 }
    const shelf = await connectAsync(`mqtts://127.0.0.1:${mqttTlsPort}`, login)
    await shelf.publishAsync('tillfree/1/s1/dev/g2/status', 'online', { qos: 1, retain: true })
    const closed = new Promise<void>((resolve) => shelf.once('close', () => resolve()))
    book.remove('g2')
    book.close()
    await closed
    await until(() => started.err().includes('a wrong user name or password'))
    expect(started.err()).not.toContain(password)
    await shelf.endAsync(true)
    const kept = await readdir(join(folder, 'data'), { recursive: true })
    expect(kept).toEqual(expect.arrayContaining(['credentials.db', 's1.db', join('tls', 'ca-key.pem')]))
    for (const name of kept) expect((await stat(join(folder, 'data', name))).mode & 0o077, name).toBe(0)
  })

  test('follows a simulated clock', async () => {
    const started = await run(testStore(), '--clock', 'simulated')
    const { mqttPort, httpPort } = await ready(started)
    const sim = await connectAsync(`mqtt://127.0.0.1:${mqttPort}`, await loginOf('sim'))
    const progress: { boot: string; now: number; received: number }[] = []
    sim.on('message', (_topic, payload) => progress.push(JSON.parse(payload.toString())))
    await sim.subscribeAsync('tillfree/1/s1/gw/progress', { qos: 1 })
    await until(() => progress.length === 1)
    const now = 1_767_261_600_000
    await sim.publishAsync('tillfree/1/s1/sim/time', JSON.stringify({ now, after: 1 }), { qos: 1 })
    await sim.publishAsync('tillfree/1/s1/dev/ghost/tele', '{}', { qos: 1 })
    await until(() => progress.length === 2)
    expect(progress).toMatchObject([
      { now: 0, received: 0 },
      { now, received: 1 },
    ])
    expect(progress[1]?.boot).toBe(progress[0]?.boot)
    const live = await (await look(`http://127.0.0.1:${httpPort}/api/live.json`)).json()
    expect(live).toMatchObject({ rejected: [{ cause: 'device' }] })
    await sim.endAsync(true)
  })

  test('names every fault of a store file and exits with 2', async () => {
    const store = { ...testStore(), currency: 'euro', planogram: [] }
    const { exit, err, out } = await run({ ...store, entry: 'ajar' })
    expect(await exit).toBe(2)
    expect(err()).toContain('/currency: found "euro", wanted text that matches ^[A-Z]{3}$')
    expect(err()).toContain('/entry: found "ajar", wanted one of "open", "gated"')
    expect(out()).toBe('')
  })

  test('names the cell that a planogram has and no shelf does', async () => {
    const { exit, err } = await run({ ...testStore(), planogram: [{ sku: 'water', cells: ['c1', 'c99'] }] })
    expect(await exit).toBe(2)
    expect(err()).toContain('/planogram/0/cells/1: found "c99", wanted the id of a cell of a shelf')
  })

  test('waits for a broker that is not there, says so, and can be stopped meanwhile', async () => {
    const started = await run(testStore(), '--broker', 'mqtt://127.0.0.1:1')
    await until(() => started.err().includes('trying again'))
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(0)
    expect(started.out()).toBe('')
  })

  test('says which port is taken and how to choose another', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { exit, err } = await run(testStore(), '--http-port', String(port))
    expect(await exit).toBe(1)
    expect(err()).toContain(`Port ${port} on 127.0.0.1 is taken by another program. Choose others with --mqtt-port`)
    server.close()
  })
})
