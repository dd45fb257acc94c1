// Runs before `npm start`, `npm test` and the other commands, on Node alone: installs the packages of the lock file
// when they are missing or older than it, so that a fresh clone needs no other step.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Tillfree needs Node 20.19 or later; this is ${process.versions.node}. Get one from https://nodejs.org`)
  process.exit(1)
}

const lock = 'package-lock.json'
const installed = 'node_modules/.tillfree-lock.json'
const current = existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(lock, 'utf8')
if (!current) {
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
