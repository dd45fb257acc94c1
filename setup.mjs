// Runs before `npm start`, `npm test` and the other commands, on Node alone: installs the packages of the lock file
// when they are missing or older than it, so that a fresh clone needs no other step.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { uptime } from 'node:os'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Tillfree needs Node 20.19 or later; this is ${process.versions.node}. Get one from https://nodejs.org`)
  process.exit(1)
}

const lock = 'package-lock.json'
const installed = 'node_modules/.tillfree-lock.json'
/** There while a command installs; names its process. */
const claim = '.installing'
/** Nobody waits longer for it, over a slow line either. */
const longestMs = 900_000

for (let isTold = false; !isCurrent(); isTold = true) {
  if (claims()) {
    if (!isInstalled()) install()
    break
  }
  if (!isTold)
    console.log(`Another command installs the packages (if none does, delete ${claim}): this one waits for it …`)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
}

function isCurrent() {
  return !existsSync(claim) && isInstalled()
}

function isInstalled() {
  return existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(lock, 'utf8')
}

/** False: another one does it, or did; what a process left that is no more is taken away first. */
function claims() {
  try {
    writeFileSync(claim, String(process.pid), { flag: 'wx' })
    process.once('exit', () => rmSync(claim, { force: true }))
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (!isAlive()) rmSync(claim, { force: true })
    return false
  }
}

function isAlive() {
  try {
    const pid = Number(readFileSync(claim, 'utf8'))
    const ageMs = Date.now() - statSync(claim).mtimeMs
    // Numbers of processes are given again; an empty one is not written yet, or its disk was full.
    if (pid === process.pid || ageMs > longestMs || ageMs > 1000 * uptime()) return false
    return pid === 0 ? ageMs < 5000 : process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function install() {
  console.log('Installing packages (once) …')
  const npm = process.env.npm_execpath
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  try {
    if (npm === undefined) execFileSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' })
    else execFileSync(process.execPath, [npm, ...args], { stdio: 'inherit' })
  } catch {
    console.error('The packages could not be installed; npm says why above. Check the network, then run this again.')
    process.exit(1)
  }
  copyFileSync(lock, installed)
}
