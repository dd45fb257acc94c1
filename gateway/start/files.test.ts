import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openLogFile } from './log-file.ts'
import { isStale } from './pages.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-start-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('isStale() is true without a build and when a source is newer', async () => {
  await mkdir(join(folder, 'src'))
  await writeFile(join(folder, 'src', 'main.ts'), '')
  expect(isStale(folder)).toBe(true)
  await mkdir(join(folder, 'dist'))
  await writeFile(join(folder, 'dist', 'index.html'), '')
  await utimes(join(folder, 'src', 'main.ts'), 1000, 1000)
  expect(isStale(folder)).toBe(false)
  await utimes(join(folder, 'dist', 'index.html'), 500, 500)
  expect(isStale(folder)).toBe(true)
})

test('openLogFile() keeps every line and shows what a person must see', async () => {
  const shown: string[] = []
  const log = openLogFile(folder, 'gateway', (message) => shown.push(message))
  const lines = [
    '{"level":40,"msg":"message refused"}',
    '{"level":60,"msg":"the port is taken"}',
    '{"level":50,"msg":"\\u001b[2Jgone\\nnot a line"}',
    'plain words',
    '(node:1) DeprecationWarning',
  ]
  for (const line of lines) log.write(line)
  await log.close()
  expect(shown).toEqual(['the port is taken', '?[2Jgone?not a line', 'plain words'])
  expect(await readFile(join(folder, 'gateway.log'), 'utf8')).toBe(`${lines.join('\n')}\n`)
})

test('openLogFile() keeps no line for longer than two weeks', async () => {
  let now = 0
  const log = openLogFile(
    folder,
    'gateway',
    () => {},
    () => now,
  )
  const dayMs = 86_400_000
  const current = () => readFile(join(folder, 'gateway.log'), 'utf8').catch(() => '')
  for (const day of [0, 6, 8, 12, 16]) {
    now = day * dayMs
    log.write(`day ${day}`)
    await vi.waitUntil(async () => (await current()).endsWith(`day ${day}\n`))
  }
  await log.close()
  expect(await readFile(join(folder, 'gateway.before.log'), 'utf8')).toBe('day 8\nday 12\n')
  expect(await readFile(join(folder, 'gateway.log'), 'utf8')).toBe('day 16\n')
})
