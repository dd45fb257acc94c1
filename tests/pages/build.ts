/** Builds the pages once before the tests that look at them: two builds at a time would take them from under a browser. */
import { execFileSync } from 'node:child_process'

export default function setup(): void {
  execFileSync('npm', ['run', 'build:pages'], { stdio: 'pipe', shell: process.platform === 'win32' })
}
