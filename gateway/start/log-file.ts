/** Where a child's log goes: all of it into a file, what a person must see onto the screen. */
import { createWriteStream, mkdirSync, renameSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { dayMs, storeRetention } from '../../models/privacy/retention.ts'

/** A log is put aside after half the time, and the one before it goes. */
const turnMs = (storeRetention.logs.days * dayMs) / 2
/** A log that grows beyond this says the same over and over. */
const maxBytes = 50 * 1024 * 1024
/** pino's `error`. */
const errorLevel = 50

export interface LogFile {
  write(line: string): void
  /** Resolves when everything is in the file. */
  close(): Promise<void>
}

/**
 * Begins the file anew. `show` gets errors in words, and lines that are no log entries. `now`: milliseconds since the epoch.
 */
export function openLogFile(
  folder: string,
  name: string,
  show: (message: string) => void,
  now: () => number = Date.now,
): LogFile {
  const path = join(folder, `${name}.log`)
  mkdirSync(folder, { recursive: true })
  let room = maxBytes
  let begunAt = now()
  let file = begin()

  function begin(): WriteStream {
    const stream = createWriteStream(path)
    stream.on('error', (error) => show(`The log of the ${name} cannot be written: ${error.message}`))
    return stream
  }

  /** What is still to be written of the old one goes into it under its new name; Windows may refuse, and it begins anew. */
  function turn(): void {
    file.end()
    try {
      renameSync(path, join(folder, `${name}.before.log`))
    } catch {}
    room = maxBytes
    begunAt = now()
    file = begin()
  }

  return {
    write(line) {
      if (now() - begunAt >= turnMs) turn()
      if (room > 0) file.write(`${line}\n`)
      room -= line.length + 1
      const message = worthShowing(line)
      if (message !== null) show(message.replaceAll(/\p{Cc}/gu, '?'))
    },
    close: () => new Promise((done) => file.end(() => done())),
  }
}

function worthShowing(line: string): string | null {
  if (/^\((node:\d+\)|Use `node)/.test(line)) return null
  try {
    const { level, msg } = JSON.parse(line) as { level?: unknown; msg?: unknown }
    return typeof level === 'number' && level >= errorLevel ? String(msg) : null
  } catch {
    return line
  }
}
