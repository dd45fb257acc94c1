import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { connectAsync } from 'mqtt'
import { afterEach, describe, expect, test } from 'vitest'
import { until } from '../testing/until.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const running: { kill(signal: 'SIGKILL'): void }[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

function run(...args: string[]) {
  const child = spawn(process.execPath, ['run.mjs', main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  return { child, said: () => said, exit: once(child, 'close').then(([code]) => code as number | null) }
}

describe('npm run broker', () => {
  test('lets everybody on this machine do everything but what it was told to refuse', async () => {
    const { child, said, exit } = run('--open', '--port', '0', '--refuse-subscribe', 'nosubscribe')
    await until(() => said().includes('"ready":true'))
    const url = /mqtt:\/\/127\.0\.0\.1:\d+/.exec(said())?.[0] ?? ''
    const client = await connectAsync(url, { clientId: 'myclientid', reconnectPeriod: 0 })
    await expect(client.subscribeAsync('nosubscribe')).rejects.toThrow()
    expect(await client.subscribeAsync('#')).toHaveLength(1)
    await client.endAsync(true)
    child.kill('SIGTERM')
    expect(await exit).toBe(0)
  })

  test('does nothing without being told that it is open', async () => {
    const { said, exit } = run('--port', '0')
    expect(await exit).toBe(2)
    expect(said()).toContain('found no --open. This broker asks nobody who they are; a store runs with npm start.')
  })
})
