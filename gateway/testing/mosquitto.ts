/** A Mosquitto of one's own for a test. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface Mosquitto {
  readonly url: string
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
}

export interface MosquittoOptions {
  /** Any free one unless said. */
  readonly port?: number
  /** Lines of mosquitto.conf(5) about what it keeps; nothing unless said. */
  readonly settings?: readonly string[]
}

const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin']

function binary(): string {
  const found = places.map((place) => join(place, 'mosquitto')).find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new Error(
    'mosquitto is not installed, and this test runs against the real one. Install it: "apt-get install mosquitto" or "brew install mosquitto".',
  )
}

/** Mosquitto cannot be asked which port it got, so a free one is looked for and given back just before. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('the platform gave no port')
  return address.port
}

export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const path = binary()
  const { port = await freePort(), settings = ['persistence false'] } = options
  const folder = await mkdtemp(join(tmpdir(), 'tillfree-mosquitto-'))
  const config = join(folder, 'mosquitto.conf')
  const lines = [
    'set_tcp_nodelay true',
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    ...settings,
    'log_dest stderr',
    '',
  ]
  await writeFile(config, lines.join('\n'))
  const child = spawn(path, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = once(child, 'exit')
  await new Promise<void>((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (/mosquitto version .* running/.test(said)) resolve()
    })
    child.once('exit', () => reject(new Error(`mosquitto did not start: ${said}`)))
  })
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal)
    await exited
    await rm(folder, { recursive: true, force: true })
  }
  return {
    url: `mqtt://127.0.0.1:${port}`,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}
