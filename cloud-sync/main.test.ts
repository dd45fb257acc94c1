import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { storeToken } from './testing/service.ts'

let folder = ''
let children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-cloud-'))
  children = []
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

function startProcess(...args: string[]) {
  return startWith({}, ...args)
}

function startWith(env: Readonly<Record<string, string>>, ...args: string[]) {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'cloud-sync/main.ts', '--data', join(folder, 'data'), ...args],
    { env: { ...process.env, TILLFREE_STORE_TOKEN: storeToken, ...env } },
  )
  children.push(child)
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const firstLine = once(createInterface(child.stdout), 'line').then(([line]) => JSON.parse(line as string))
  const exit = once(child, 'close').then(([code]) => ({ code, errors }))
  return { child, firstLine, exit }
}

describe('cloud-sync/main.ts', () => {
  test('main() says when it is ready, serves, and stops gracefully', async () => {
    const { child, firstLine, exit } = startProcess('--port', '0')
    const { ready, port } = await firstLine
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`)
    expect([ready, await answer.json()]).toEqual([true, { status: 'ok' }])
    child.kill('SIGTERM')
    expect((await exit).code).toBe(0)
  })

  test('main() says in words that its port is taken, and the way round it', async () => {
    const { port } = await startProcess('--port', '0').firstLine
    const { code, errors } = await startProcess('--port', String(port)).exit
    expect(code).toBe(1)
    expect(errors).toContain(`Port ${port} on 127.0.0.1 is taken by another program. Choose another with --port`)
  })

  test('main() refuses a weak token, a port that is none, and Stripe without a way back', async () => {
    const weak = await startProcess('--token', 'secret').exit
    const noPort = await startProcess('--port', '80810').exit
    const noUrl = await startWith({ TILLFREE_STRIPE_KEY: 'sk_test_of_the_tests' }).exit
    expect([weak.code, noPort.code, noUrl.code]).toEqual([1, 1, 1])
    expect(noUrl.errors).toContain(
      '--public-url: found nothing, wanted the address to which Stripe sends shoppers back',
    )
    expect(noUrl.errors).not.toContain('sk_test')
    expect(weak.errors).toContain('wanted at least 16 printable characters')
    expect(noPort.errors).toContain('found "80810", wanted a number from 0')
  })
})
