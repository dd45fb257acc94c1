import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { programHeaders } from './testing/staff.ts'
import { testStore } from './testing/store.ts'
import { until } from './testing/until.ts'

const script = fileURLToPath(new URL('./start.ts', import.meta.url))
const anyPorts = ['--http-port', '0', '--mqtt-port', '0', '--accounts-port', '0']
let folder: string
let child: ChildProcess | null = null
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-start-'))
})
afterEach(async () => {
  child?.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

function start(...args: string[]) {
  return watched(spawn(process.execPath, ['run.mjs', script, '--data', join(folder, 'data'), ...args]))
}

function watched(started: ChildProcessWithoutNullStreams) {
  child = started
  let said = ''
  for (const stream of [started.stdout, started.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  return { child: started, said: () => said, exit: once(started, 'close').then(() => started.exitCode) }
}

describe('npm start', () => {
  test('runs a real store, and leaves nothing running', async () => {
    const store = join(folder, 'store.json')
    await writeFile(store, JSON.stringify(testStore()))
    const { child: started, said, exit } = start('--no-simulators', '--store', store, ...anyPorts)
    await until(() => said().includes('Ctrl-C') || started.exitCode !== null)
    const [, pages] = /Floor plan and carts +(\S+)/.exec(said()) ?? []
    expect(said()).toContain('Waiting for the devices of the store file.')
    expect((await fetch(`${pages}readyz`)).status).toBe(200)
    expect(said()).toContain('Nobody can sign in to the pages yet: npm run staff -- add <name> --role admin')
    expect((await fetch(`${pages}api/store`)).status).toBe(401)
    const headers = await programHeaders(join(folder, 'data', 'gateway'), 'viewer')
    expect(await (await fetch(`${pages}api/store`, { headers })).json()).toMatchObject({ id: 's1' })
    started.kill('SIGTERM')
    expect(await exit).toBe(0)
    await expect(fetch(`${pages}healthz`)).rejects.toThrow()
    const logs = join(folder, 'data', 'logs')
    expect((await readdir(logs)).sort()).toEqual(['account-service.log', 'gateway.log'])
    for (const name of await readdir(logs)) expect((await stat(join(logs, name))).mode & 0o077, name).toBe(0)
  })

  test('ends when npm and its shell were ended', async () => {
    const store = join(folder, 'store.json')
    await writeFile(store, JSON.stringify(testStore()))
    const args = ['--data', join(folder, 'data'), '--no-simulators', '--store', store, ...anyPorts]
    const line = [process.execPath, 'run.mjs', script, ...args].map((part) => `'${part}'`).join(' ')
    const env = { ...process.env, npm_lifecycle_event: 'start' }
    const { child: shell, said } = watched(spawn('sh', ['-c', `true && ${line} ; true`], { env }))
    await until(() => said().includes('Ctrl-C'))
    const [, pages] = /Floor plan and carts +(\S+)/.exec(said()) ?? []
    shell.kill('SIGKILL')
    await until(() =>
      fetch(`${pages}healthz`).then(
        () => false,
        () => true,
      ),
    )
  })

  test('says before anything starts that a port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { said, exit } = start('--http-port', String(port), '--mqtt-port', '0', '--accounts-port', '0')
    expect(await exit).toBe(1)
    expect(said()).toContain(`Port ${port} for the store's pages is taken by another program.`)
    expect(said()).not.toContain('Starting')
    server.close()
  })

  test.each([
    [['--no-simulators'], 'A real store needs its store file: npm start -- --no-simulators --store <file>.'],
    [['--store', 'missing.json'], '--store: there is no file missing.json.'],
  ])('says what is missing with %j', async (args, words) => {
    const { said, exit } = start(...args, ...anyPorts)
    expect(await exit).toBe(1)
    expect(said()).toContain(words)
  })

  test('shows the faults of a store file', async () => {
    const store = join(folder, 'store.json')
    await writeFile(store, JSON.stringify({ ...testStore(), currency: 'euro' }))
    const { said, exit } = start('--no-simulators', '--store', store, ...anyPorts)
    expect(await exit).toBe(1)
    expect(said()).toContain('/currency: found "euro", wanted')
  })
})
