/** Why a message is refused: a closed set, each with the words that a person gets to read. */
import type { Fault } from '../../models/contracts/validate.ts'
import { describeFault } from '../../models/contracts/validate.ts'

const causes = {
  topic: 'the topic is none of ours',
  store: 'the message is for another store',
  device: 'the store file knows no such device',
  kind: 'a device of this kind does not use this channel',
  size: 'the payload is too large',
  encoding: 'the payload is not of the encoding that the channel has',
  json: 'the payload is not JSON',
  picture: 'the picture cannot be looked at',
  schema: 'a field is missing or wrong',
  cell: 'the store file gives this cell to no or another device',
  clock: 'the time is too far from when the message arrived',
  late: 'newer events were handed on already',
  fault: 'the gateway could not take it in, by a mistake of its own',
  overload: 'more arrives than can be held back for sorting',
  code: 'no account has the code that was scanned',
  'code-altered': 'the entry code that was scanned is not as a phone has signed it',
  'code-store': 'the entry code that was scanned is for another store',
  'code-old': 'the entry code that was scanned is over; the phone shows a new one every half minute',
  'code-early': 'the entry code that was scanned is from the future',
  'code-used': 'the entry code that was scanned has let somebody in already',
  'code-elsewhere': 'the entry code that was scanned has let somebody in at another gate',
  'code-rate': 'many bad codes were scanned at the gate, so it takes only those of phones for a minute',
  'scan-late': 'the scan came too late to open the gate, for whoever scanned may have gone',
  unpaid: 'the account of the code that was scanned has a bill that is not paid',
} as const

export type Cause = keyof typeof causes

export interface Rejection {
  readonly cause: Cause
  /** Null when the topic names no device of the store. */
  readonly device: string | null
  /** Topic or JSON pointer, what was found there, and what was wanted instead. */
  readonly where: string
  readonly found: string
  readonly wanted: string
  /** All of it in one sentence. */
  readonly sentence: string
  /** Of a message that was refused for nothing but its time, where it has a name of its own. */
  readonly id?: string
}

/** `channel` is the last part of the topic, or the topic itself where it could not be read. */
export function rejection(cause: Cause, device: string | null, channel: string, fault: Fault): Rejection {
  const who = device === null ? channel : `${device} ${channel}`
  return { cause, device, ...fault, sentence: `${who}: ${causes[cause]}. ${describeFault(fault)}` }
}

/** The same of a message that has a name, maybe. */
export function named(
  refused: Rejection,
  { envelope: { id } }: { readonly envelope: { readonly id?: string } },
): Rejection {
  return id === undefined ? refused : { ...refused, id }
}
