import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { until } from '../testing/until.ts'
import { type Child, createChild } from './child.ts'

let folder: string
let child: Child | null = null
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-child-'))
})
afterEach(async () => {
  await child?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A script that notes its process id in `pids`, then does what is said. */
async function childOf(then: string) {
  const script = join(folder, 'child.mjs')
  const pids = join(folder, 'pids')
  const note = `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(pids)}, process.pid + '\\n')\n`
  await writeFile(script, `${note}${then}\n`)
  const logged: string[] = []
  const told: string[] = []
  const onGivenUp = vi.fn()
  const made = createChild({
    name: 'gateway',
    args: [script],
    onLog: (line) => logged.push(line),
    tell: (message) => told.push(message),
    onGivenUp,
  })
  child = made
  const starts = async () => (await readFile(pids, 'utf8')).trim().split('\n').map(Number)
  return { made, logged, told, onGivenUp, starts }
}

const ready = `console.log('{"ready":true}')`
const forever = 'setInterval(() => {}, 1000)'

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('createChild()', () => {
  test('waits until the process says that it is ready, and ends it', async () => {
    const { made, logged, starts } = await childOf(`console.error('hello'); ${ready}; ${forever}`)
    await made.start()
    const [pid = 0] = await starts()
    expect(isAlive(pid)).toBe(true)
    await made.stop()
    expect(isAlive(pid)).toBe(false)
    expect(logged).toEqual(['hello'])
  })

  test('keeps the process out of the group that Ctrl-C reaches', async () => {
    const { made, starts } = await childOf(`${ready}; ${forever}`)
    await made.start()
    const [pid = 0] = await starts()
    expect(isAlive(-pid)).toBe(true)
  })

  test('starts a process again that was killed, and tells it', async () => {
    const { made, told, starts } = await childOf(`${ready}; ${forever}`)
    await made.start()
    const [pid = 0] = await starts()
    process.kill(pid, 'SIGKILL')
    await until(() => told.includes('The gateway is back.'))
    expect(told[0]).toBe('The gateway ended (SIGKILL); starting it again in 1 s.')
    expect(await starts()).toHaveLength(2)
  })

  test('says when the process ends before it is ready', async () => {
    const { made } = await childOf('process.exit(1)')
    await expect(made.start()).rejects.toThrow('The gateway ended before it was ready.')
  })

  test('does not start again what got wrong input', async () => {
    const { made, onGivenUp, starts } = await childOf(
      `process.on('SIGTERM', () => process.exit(2)); ${ready}; ${forever}`,
    )
    await made.start()
    const [pid = 0] = await starts()
    process.kill(pid, 'SIGTERM')
    await until(() => onGivenUp.mock.calls.length === 1)
    expect(await starts()).toHaveLength(1)
  })
})
