/** A message as it comes from a broker or a recording, and how its payload becomes text or JSON. */
import { type Fault, holdsNul, renderFound } from '../../models/contracts/validate.ts'

export type Body =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

export interface IncomingMessage {
  /** Milliseconds since the epoch by the gateway's own clock; must not go back from call to call. */
  readonly arrivedAt: number
  readonly topic: string
  readonly body: Body
  /** True when the broker replays old state to a new subscriber. */
  readonly retain?: boolean
  /** By which it is known where it is kept until the engine was given it. */
  readonly name?: number
}

/** 1 MiB: a 4 K JPEG of a shelf is 600 kB, a weight batch of 2,000 cells 150 kB; what is larger is no reading. */
export const maxPayloadBytes = 1024 * 1024

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly cause: 'encoding' | 'json'; readonly fault: Fault }

const utf8 = new TextDecoder('utf-8', { fatal: true })

function undecodable(cause: 'encoding' | 'json', found: string, wanted: string): Decoded<never> {
  return { ok: false, cause, fault: { where: 'payload', found, wanted } }
}

/** The payload as text. A JSON string counts as text: recordings made by others write `status` that way. */
export function textOf(body: Body): Decoded<string> {
  if (body.kind === 'text') return { ok: true, value: body.text }
  if (body.kind === 'json') {
    if (typeof body.value === 'string') return { ok: true, value: body.value }
    return undecodable('encoding', renderFound(body.value), 'plain text')
  }
  try {
    return { ok: true, value: utf8.decode(body.bytes) }
  } catch {
    return undecodable('encoding', `${body.bytes.length} bytes that are not UTF-8`, 'UTF-8 text')
  }
}

/** Messages of the contract have seven levels, and fields that later versions may have some more; no walk runs out of stack at 32. */
const mostLevels = 32

/** The payload as a parsed JSON value, which is nested no deeper than `mostLevels`, of texts that a database keeps as they are. */
export function jsonOf(body: Body): Decoded<unknown> {
  const json = parsed(body)
  if (!json.ok) return json
  if (isDeeperThan(mostLevels, json.value))
    return undecodable('json', 'something nested too deeply', `a JSON document of at most ${mostLevels} levels`)
  return holdsNul(json.value) ? undecodable('json', 'U+0000 in a text', 'a JSON document without U+0000') : json
}

function parsed(body: Body): Decoded<unknown> {
  if (body.kind === 'json') return { ok: true, value: body.value }
  const text = textOf(body)
  if (!text.ok) return text
  try {
    return { ok: true, value: JSON.parse(text.value) }
  } catch {
    return undecodable('json', renderFound(text.value), 'a JSON document')
  }
}

/** What is not known is handed on with the rest, and written down as JSON, which takes stack for each level. */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
  return inner.some((each) => typeof each === 'object' && isDeeperThan(levels - 1, each))
}
