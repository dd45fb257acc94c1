import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runner } from './runner.ts'

/** A project of its own, so that nothing is left in the cache of this one. */
const project = mkdtempSync(join(tmpdir(), 'tillfree-runner-'))
const run = (...args: string[]) => promisify(execFile)(process.execPath, [join(project, 'run.mjs'), ...args])
/** As the source has it, not the bundle. */
const thrownAt = (word: string) => new RegExp(`Error: ${word}\n.*${project}/thrower\\.ts:3:7`)
const write = (name: string, text: string) => writeFileSync(join(project, name), text)

beforeAll(() => {
  cpSync(runner, join(project, 'run.mjs'))
  mkdirSync(join(project, 'node_modules'))
  for (const name of ['esbuild', '@esbuild', 'commander'])
    symlinkSync(resolve('node_modules', name), join(project, 'node_modules', name))
  write('package-lock.json', '{}')
  write('part.ts', 'export const part: string = "one"\n')
})
afterAll(() => rmSync(project, { recursive: true }))

describe('run.mjs', () => {
  it('run.mjs runs a program as if it had been loaded from its own place', async () => {
    write(
      'main.ts',
      `import { readFileSync } from 'node:fs'
       import { Command } from 'commander'
       import { part } from './part.ts'
       const beside = readFileSync(new URL('./part.ts', import.meta.url), 'utf8').length
       console.log(part, beside > 0, import.meta.dirname, typeof Command, process.argv.slice(1).join(' '))`,
    )
    const main = join(project, 'main.ts')
    expect((await run(main, '--seed', '1')).stdout).toBe(`one true ${project} function ${main} --seed 1\n`)
  })

  it('run.mjs builds anew what has changed, and says the line of a source that threw', async () => {
    write('thrower.ts', `import { part } from './part.ts'\n\nthrow new Error(part)\n`)
    await expect(run(join(project, 'thrower.ts'))).rejects.toThrow(thrownAt('one'))
    write('part.ts', 'export const part: string = "two"\n')
    utimesSync(join(project, 'part.ts'), 1, 1)
    await expect(run(join(project, 'thrower.ts'))).rejects.toThrow(thrownAt('two'))
  })

  it('run.mjs gives every one of several that start at once a whole build', async () => {
    write('many.ts', `import { part } from './part.ts'\nconsole.log(part)\n`)
    const said = await Promise.all(Array.from({ length: 4 }, () => run(join(project, 'many.ts'))))
    expect(said.map(({ stdout }) => stdout)).toEqual(Array(4).fill('two\n'))
  })

  it('run.mjs lets every user of the project read a build, and builds anew where one cannot be read', async () => {
    write('shared.ts', `console.log(import.meta.dirname)\n`)
    const start = () => run(join(project, 'shared.ts'))
    await start()
    const cache = join(project, 'node_modules/.cache/tillfree')
    const builds = () =>
      readdirSync(cache).flatMap((program) =>
        readdirSync(join(cache, program)).flatMap((name) =>
          name.startsWith('build-') ? [join(cache, program, name)] : [],
        ),
      )
    const modes = builds().map((build) => statSync(build).mode)
    expect(modes.length).toBeGreaterThan(0)
    expect(modes.filter((mode) => mode !== statSync(cache).mode)).toEqual([])
    for (const build of builds()) rmSync(build, { recursive: true })
    expect((await start()).stdout).toBe(`${project}\n`)
  })

  it('run.mjs asks for a program when none is named, and says which cannot be found', async () => {
    await expect(run()).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('Which program?') })
    await expect(run('nowhere.ts')).rejects.toThrow(/nowhere\.ts/)
  })
})
