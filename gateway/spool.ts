/**
 * The messages of the last seconds on disk: what ingest still holds back when the process ends, however it ends, is
 * taken in again by the next one. Not synced: it outlives a kill -9 of the process, not a power cut; what changed on the
 * shelves meanwhile is found by their levels then.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IncomingMessage } from './ingest/message.ts'

/** Two files of this length cover twice the longest hold (6 s) and the lag of a slow tracker. */
const fileMs = 10_000
/** A spool is of the process before this one, or it is of no use: people have walked on. */
const longestPauseMs = 60_000
const names = ['spool-a', 'spool-b'] as const

export interface Spool {
  /** Keeps a message until the next `write`. */
  keep(message: IncomingMessage): void
  /** Writes what was kept. Throws when the disk refuses. */
  write(): void
  /** What the process before left, oldest first; nothing when that was too long ago. `now` 0: no clock yet. */
  read(now: number): IncomingMessage[]
}

export function createSpool(folder: string): Spool {
  let kept: Buffer[] = []
  let current: 0 | 1 = 0
  let startedAt: number | null = null
  let latest = 0
  const file = (which: 0 | 1) => join(folder, names[which])

  return {
    keep(message) {
      if (message.body.kind !== 'bytes' || message.retain === true || isFrame(message.topic)) return
      latest = message.arrivedAt
      kept.push(encode(message.arrivedAt, message.topic, message.body.bytes))
    },
    write() {
      if (kept.length === 0) return
      const bytes = Buffer.concat(kept)
      kept = []
      if (startedAt !== null && latest - startedAt < fileMs) return appendFileSync(file(current), bytes)
      startedAt = latest
      current = current === 0 ? 1 : 0
      writeFileSync(file(current), bytes)
    },
    read(now) {
      mkdirSync(folder, { recursive: true })
      const messages = names
        .map((name) => join(folder, name))
        .flatMap((path) => (existsSync(path) ? decode(readFileSync(path)) : []))
        .sort((a, b) => a.arrivedAt - b.arrivedAt)
      const last = messages.at(-1)?.arrivedAt ?? 0
      return now !== 0 && Math.abs(now - last) > longestPauseMs ? [] : messages
    },
  }
}

/** No picture of anybody is written to a disk; and by the next start it shows what is past. */
function isFrame(topic: string): boolean {
  return topic.endsWith('/raw/frame')
}

/** Arrival (double), length of topic and payload (32 bits each), both. */
const headBytes = 16

function encode(arrivedAt: number, topic: string, payload: Uint8Array): Buffer {
  const name = Buffer.from(topic)
  const head = Buffer.alloc(headBytes)
  head.writeDoubleLE(arrivedAt, 0)
  head.writeUInt32LE(name.length, 8)
  head.writeUInt32LE(payload.length, 12)
  return Buffer.concat([head, name, payload])
}

/** Messages of a file; what a kill cut off at the end is left out. */
function decode(bytes: Buffer): IncomingMessage[] {
  const messages: IncomingMessage[] = []
  for (let at = 0; at + headBytes <= bytes.length; ) {
    const topicEnd = at + headBytes + bytes.readUInt32LE(at + 8)
    const end = topicEnd + bytes.readUInt32LE(at + 12)
    if (end > bytes.length) break
    messages.push({
      arrivedAt: bytes.readDoubleLE(at),
      topic: bytes.toString('utf8', at + headBytes, topicEnd),
      body: { kind: 'bytes', bytes: bytes.subarray(topicEnd, end) },
    })
    at = end
  }
  return messages
}
