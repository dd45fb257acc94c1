/** Where a child's log goes: all of it into a file, what a person must see onto the screen. */
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'

/** A log that grows beyond this says the same over and over. */
const maxBytes = 50 * 1024 * 1024
/** pino's `error`. */
const errorLevel = 50

export interface LogFile {
  write(line: string): void
  /** Resolves when everything is in the file. */
  close(): Promise<void>
}

/** Begins the file anew. `show` gets errors in words, and lines that are no log entries. */
export function openLogFile(folder: string, name: string, show: (message: string) => void): LogFile {
  mkdirSync(folder, { recursive: true })
  const file: WriteStream = createWriteStream(join(folder, `${name}.log`))
  file.on('error', (error) => show(`The log of the ${name} cannot be written: ${error.message}`))
  let room = maxBytes
  return {
    write(line) {
      if (room > 0) file.write(`${line}\n`)
      room -= line.length + 1
      const message = worthShowing(line)
      if (message !== null) show(message)
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
