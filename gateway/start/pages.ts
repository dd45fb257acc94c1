/** Builds pages whose build is missing or older than their sources. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'

/** The latest change of any file below a folder, milliseconds since the epoch; 0 when there is none. */
export function latestChange(folder: string, skip: readonly string[] = []): number {
  if (!existsSync(folder)) return 0
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !skip.includes(name))
  const times = entries.map((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? latestChange(path) : statSync(path).mtimeMs
  })
  return Math.max(0, ...times)
}

export function isStale(folder: string): boolean {
  const built = join(folder, 'dist', 'index.html')
  return !existsSync(built) || statSync(built).mtimeMs < latestChange(folder, ['dist', 'node_modules'])
}

/** Builds each folder that has a vite configuration and needs it. Throws with vite's words when a build fails. */
export async function buildPages(folders: readonly string[], tell: (message: string) => void): Promise<void> {
  const stale = folders.filter((folder) => existsSync(join(folder, 'vite.config.ts')) && isStale(folder))
  if (stale.length > 0) tell('Building the pages …')
  for (const folder of stale) await build({ configFile: join(folder, 'vite.config.ts'), logLevel: 'error' })
}
