/** `setup.mjs`, which runs before every command, with an npm of ours that takes its time. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

/** As `npm ci`: what is there goes, and comes anew. */
const npm = `
import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
appendFileSync('log', 'begins ')
rmSync('node_modules', { recursive: true, force: true })
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400)
mkdirSync('node_modules')
appendFileSync('log', 'ends ')
`
let clone = ''
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'tillfree-setup-'))
  for (const file of ['setup.mjs', 'package-lock.json']) copyFileSync(file, join(clone, file))
  writeFileSync(join(clone, 'npm.mjs'), npm)
})
afterEach(() => rmSync(clone, { recursive: true }))

async function setUp(): Promise<unknown> {
  const env = { ...process.env, npm_execpath: join(clone, 'npm.mjs') }
  const [code] = await once(spawn(process.execPath, ['setup.mjs'], { cwd: clone, env, stdio: 'ignore' }), 'exit')
  return code
}
const log = () => readFileSync(join(clone, 'log'), 'utf8')

describe('setup.mjs', () => {
  test('setup.mjs installs once where several commands are started at once, and not again', async () => {
    expect(await Promise.all([setUp(), setUp(), setUp()])).toEqual([0, 0, 0])
    expect([await setUp(), log(), existsSync(join(clone, '.installing'))]).toEqual([0, 'begins ends ', false])
  })

  test('setup.mjs goes on where a command that installed was killed', async () => {
    const killed = spawn(process.execPath, ['--eval', ''])
    await once(killed, 'exit')
    writeFileSync(join(clone, '.installing'), String(killed.pid))
    expect([await setUp(), log()]).toEqual([0, 'begins ends '])
  })

  test('setup.mjs says so where the packages cannot be installed, and tries anew the next time', async () => {
    writeFileSync(join(clone, 'npm.mjs'), 'process.exit(1)')
    expect(await setUp()).toBe(1)
    writeFileSync(join(clone, 'npm.mjs'), npm)
    expect([await setUp(), log()]).toEqual([0, 'begins ends '])
  })
})
