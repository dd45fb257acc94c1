import { fileURLToPath } from 'node:url'

/**
 * What a gateway is started with: room for what lives shortly, in MiB. With V8's own 16 a full shop's engine spends a sixth of its
 * time on picking up what it let go of; more than 32 gains little.
 */
export const roomForShortLived = '--max-semi-space-size=32'

/** Runs a program of this project: `spawn(process.execPath, [runner, file, ...args])`, `new Worker(runner, { argv: [file] })`. */
export const runner = fileURLToPath(new URL('../../run.mjs', import.meta.url))
