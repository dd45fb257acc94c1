import { fileURLToPath } from 'node:url'

/** Runs a program of this project: `spawn(process.execPath, [runner, file, ...args])`, `new Worker(runner, { argv: [file] })`. */
export const runner = fileURLToPath(new URL('../../run.mjs', import.meta.url))
