/** Reads a recording: a folder of store.json, recording.jsonl[.gz] and optionally accounts.json. */
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import {
  type Account,
  parseAccounts,
  parseRecordingLine,
  type RecordingLine,
} from '../../models/contracts/recording.ts'
import { parseStoreText, type Store } from '../../models/contracts/store.ts'
import { describeFault, type Fault, renderFound } from '../../models/contracts/validate.ts'
import type { Body } from '../ingest/message.ts'

/** A recording that cannot be read at all; the message is for the person who called. */
export class RecordingError extends Error {}

export interface Recording {
  readonly store: Store
  readonly accounts: readonly Account[]
  /** Messages in order of arrival; a bad line is a fault in its place. */
  lines(): AsyncIterable<RecordingLine | Fault>
}

export function openRecording(folder: string): Recording {
  const store = readStore(join(folder, 'store.json'))
  const accounts = readAccounts(join(folder, 'accounts.json'))
  const plain = join(folder, 'recording.jsonl')
  const file = [plain, `${plain}.gz`].find(existsSync)
  if (file === undefined) throw new RecordingError(`${folder}: found neither recording.jsonl nor recording.jsonl.gz`)
  return { store, accounts, lines: () => readLines(file) }
}

function readStore(file: string): Store {
  if (!existsSync(file))
    throw new RecordingError(`${file}: not found; a recording needs the store file it was made with`)
  const store = parseStoreText(readFileSync(file, 'utf8'))
  if (!store.ok) throw new RecordingError(store.faults.map((fault) => `${file}: ${describeFault(fault)}`).join('\n'))
  return store.value
}

function readAccounts(file: string): readonly Account[] {
  if (!existsSync(file)) return []
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new RecordingError(`${file}: ${(error as Error).message}`)
  }
  const accounts = parseAccounts(value)
  if (!accounts.ok)
    throw new RecordingError(accounts.faults.map((fault) => `${file}: ${describeFault(fault)}`).join('\n'))
  return accounts.value
}

async function* readLines(file: string): AsyncGenerator<RecordingLine | Fault> {
  const raw = createReadStream(file)
  const input = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw
  raw.on('error', (error) => input.destroy(error))
  let number = 0
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++
      if (text.trim() !== '') yield readLine(text, number)
    }
  } catch (error) {
    // A recording cut short (a torn gzip) is used up to the cut.
    yield { where: `line ${number + 1}`, found: (error as Error).message, wanted: 'the rest of the recording' }
  }
}

function readLine(text: string, number: number): RecordingLine | Fault {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { where: `line ${number}`, found: renderFound(text), wanted: 'a JSON document' }
  }
  const line = parseRecordingLine(value)
  if (line.ok) return line.value
  const [fault] = line.faults
  return { where: `line ${number}${fault?.where ?? ''}`, found: fault?.found ?? '', wanted: fault?.wanted ?? '' }
}

export function bodyOf(line: RecordingLine): Body {
  if (line.text !== undefined) return { kind: 'text', text: line.text }
  if (line.b64 !== undefined) return { kind: 'bytes', bytes: Buffer.from(line.b64, 'base64') }
  return { kind: 'json', value: line.json }
}
