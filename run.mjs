// Runs a program of this project: `node run.mjs gateway/main.ts --help`. Its sources are bundled, and again after a change:
// to load a thousand files one by one through a loader takes three times the CPU of all else that a start does, and a
// gateway must be back within seconds of a crash. What is bundled runs faster, too: loaders wrap every inner function.
import { createHash, randomUUID } from 'node:crypto'
import { accessSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Processes that were started before a change may still load from theirs, and others be at work on one. */
const keptBuilds = 20
/** These are hundreds of small files; the other packages stay where they are. */
const bundledPackages = /^(typebox|@fastify\/type-provider-typebox)(\/|$)/

const [, , program] = process.argv
if (program === undefined) {
  console.error('Which program? For example: node run.mjs gateway/main.ts --help')
  process.exit(2)
}
const self = fileURLToPath(import.meta.url)
const root = dirname(self)
const entry = resolve(program)
/** Named by the whole path, as a bundle holds whole paths: a copy of this folder makes its own. */
const folder = join(root, 'node_modules/.cache/tillfree', hashOf(entry))
process.argv.splice(1, 2, entry)
process.setSourceMapsEnabled(true)
const built = currentBuild() ?? (await build(await import('esbuild')))
/** For threads that call what a program exports. */
export default (await import(pathToFileURL(join(built, 'main.mjs')).href)).default

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** Another time or size of a source is another state. */
function stateOf(sources) {
  const stats = sources.map((source) => [source, statSync(resolve(root, source))])
  return hashOf(stats.map(([source, { mtimeMs, size }]) => `${source} ${mtimeMs} ${size}`).join('\n'))
}

/** The folder of the build of the sources as they are, if there is one that this user may read. */
function currentBuild() {
  try {
    const { made, state, sources } = JSON.parse(readFileSync(join(folder, 'build.json'), 'utf8'))
    accessSync(join(made, 'main.mjs'))
    return state === stateOf(sources) ? made : null
  } catch {
    return null
  }
}

/** Several processes may build at once, each in a folder of its own; `build.json` names one when it is on the disk whole. */
async function build(esbuild) {
  const { metafile, outputFiles } = await esbuild.build({
    entryPoints: { main: entry },
    // As deep as where it is put, so that its map of sources is right.
    outdir: join(folder, 'build'),
    outExtension: { '.js': '.mjs' },
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: 'error',
    plugins: [{ name: 'as-in-place', setup: asInPlace }],
  })
  // Its own process, which would stay as long as this one.
  await esbuild.stop()
  const own = Object.keys(metafile.inputs).filter((input) => !input.startsWith('node_modules/'))
  const sources = [...own.sort(), 'package-lock.json', self]
  const state = stateOf(sources)
  mkdirSync(folder, { recursive: true })
  // As readable as its sources: built once by root, it is run by a service's own user.
  const made = join(folder, `build-${randomUUID()}`)
  mkdirSync(made)
  for (const { path, contents } of outputFiles) writeFileSync(join(made, basename(path)), contents, { flush: true })
  writeFileSync(`${made}.json`, JSON.stringify({ made, state, sources }), { flush: true })
  renameSync(`${made}.json`, join(folder, 'build.json'))
  removeOldBuilds()
  return made
}

function removeOldBuilds() {
  const builds = readdirSync(folder).filter((name) => name.startsWith('build-') && !name.endsWith('.json'))
  const byAge = builds.map((name) => [statSync(join(folder, name)).mtimeMs, name]).sort(([a], [b]) => b - a)
  for (const [, name] of byAge.slice(keptBuilds)) rmSync(join(folder, name), { recursive: true, force: true })
}

/** Packages, and files that are looked for beside a source, are found as if it had been loaded from its own place. */
function asInPlace(bundler) {
  bundler.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
    kind === 'entry-point' || bundledPackages.test(path) ? undefined : { path, external: true },
  )
  bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => {
    const contents = readFileSync(path, 'utf8')
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
    return { contents, loader: 'ts' }
  })
}
