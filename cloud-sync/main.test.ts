import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

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
  const child = spawn(process.execPath, ['run.mjs', 'cloud-sync/main.ts', '--data', join(folder, 'data'), ...args], {
    env: { ...process.env, ...env },
  })
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
    const kept = readdirSync(join(folder, 'data'))
    expect(kept).toContain('accounts.db')
    for (const name of kept) expect(statSync(join(folder, 'data', name)).mode & 0o077, name).toBe(0)
    child.kill('SIGTERM')
    expect((await exit).code).toBe(0)
  })

  test('main() says which error ended it that was not foreseen', async () => {
    const preload = join(folder, 'fail.mjs')
    writeFileSync(preload, "process.on('SIGUSR2', () => { throw new Error('unforeseen') })")
    const { child, firstLine, exit } = startWith({ NODE_OPTIONS: `--import ${pathToFileURL(preload)}` }, '--port', '0')
    await firstLine
    child.kill('SIGUSR2')
    const { code, errors } = await exit
    expect(code).toBe(1)
    expect(errors).toMatch(/"level":60.*Error: unforeseen.*fail\.mjs/)
  })

  test('main() says in words that its port is taken, and the way round it', async () => {
    const { port } = await startProcess('--port', '0').firstLine
    const { code, errors } = await startProcess('--data', join(folder, 'other'), '--port', String(port)).exit
    expect(code).toBe(1)
    expect(errors).toContain(`Port ${port} on 127.0.0.1 is taken by another program. Choose another with --port`)
  })

  test('main() leaves a folder alone that another account service has, and takes it once that one was killed', async () => {
    const first = startProcess('--port', '0')
    await first.firstLine
    const { code, errors } = await startProcess('--port', '0').exit
    expect([code, errors]).toEqual([1, expect.stringContaining('is in use by another store or account service')])
    first.child.kill('SIGKILL')
    await first.exit
    expect(await startProcess('--port', '0').firstLine).toMatchObject({ ready: true })
  })

  test('main() shows sign-in codes only where it was started for a simulated shop', async () => {
    const ask = async (port: unknown) => {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: `http://127.0.0.1:${port}` },
        body: JSON.stringify({ email: 'anna@shop.example' }),
      })
      return answer.status
    }
    const simulated = startProcess('--port', '0', '--simulated-mail')
    expect(await ask((await simulated.firstLine).port)).toBe(202)
    simulated.child.kill('SIGTERM')
    expect((await simulated.exit).errors).toMatch(/Simulated mail to anna@shop.example.*Your code is \d{4} \d{4}/)
    const real = startProcess('--port', '0')
    expect(await ask((await real.firstLine).port)).toBe(503)
    real.child.kill('SIGTERM')
    const { errors } = await real.exit
    expect(errors).toContain('no mail server is set (TILLFREE_SMTP_URL, --mail-from)')
    expect(errors).not.toContain('code is')
    const half = await startWith({ TILLFREE_SMTP_URL: 'smtps://shop:hunter2@mail.example' }).exit
    expect([half.code, half.errors]).toEqual([1, expect.stringContaining('--mail-from go together')])
    expect(half.errors).not.toContain('hunter2')
  })

  test('main() refuses a port that is none, and Stripe without a way back', async () => {
    const noPort = await startProcess('--port', '80810').exit
    const noUrl = await startWith({ TILLFREE_STRIPE_KEY: 'sk_test_of_the_tests' }).exit
    expect([noPort.code, noUrl.code]).toEqual([1, 1])
    expect(noUrl.errors).toContain(
      '--public-url: found nothing, wanted the address to which the provider sends shoppers back',
    )
    expect(noUrl.errors).not.toContain('sk_test')
    expect(noPort.errors).toContain('found "80810", wanted a number from 0')
  })

  test("main() gives the provider's key to another server over https, or on this machine, and to none without a provider", async () => {
    const started = (server: string, env = {}) => startWith(env, '--payment-server', server).exit
    const plain = await started('http://payments.example/', { TILLFREE_STRIPE_KEY: 'sk_test_of_the_tests' })
    const nobody = await started('http://127.0.0.1:12111')
    expect([plain.code, nobody.code]).toEqual([1, 1])
    expect(plain.errors).toContain('found "http://payments.example/", wanted https:// for what is not on this machine')
    expect(nobody.errors).toContain('--payment-server: found http://127.0.0.1:12111/ and no provider, wanted its keys')
  })
})
