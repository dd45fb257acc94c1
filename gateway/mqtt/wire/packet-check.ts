/**
 * What a client may send, by the letter of MQTT 3.1.1. aedes and mqtt-packet take invalid UTF-8, U+0000, packet id 0,
 * wrong wildcards and more; what is refused here they never see.
 */
import { checkConnect } from './connect-check.ts'
import { Cursor } from './cursor.ts'
import { ProtocolError } from './protocol-error.ts'
import { checkFilter, checkName } from './topic-check.ts'

interface Kind {
  readonly name: string
  readonly flags: number
  readonly check: (cursor: Cursor) => void
}

/** Types that clients send (2.2.1), the flags of those that have no choice (2.2.2), and what is in them. */
const kinds: ReadonlyMap<number, Kind> = new Map([
  [1, { name: 'CONNECT', flags: 0, check: checkConnect }],
  [4, { name: 'PUBACK', flags: 0, check: checkAcknowledgement }],
  [5, { name: 'PUBREC', flags: 0, check: checkAcknowledgement }],
  [6, { name: 'PUBREL', flags: 2, check: checkAcknowledgement }],
  [7, { name: 'PUBCOMP', flags: 0, check: checkAcknowledgement }],
  [8, { name: 'SUBSCRIBE', flags: 2, check: checkSubscribe }],
  [10, { name: 'UNSUBSCRIBE', flags: 2, check: checkUnsubscribe }],
  [12, { name: 'PINGREQ', flags: 0, check: (cursor) => cursor.end() }],
  [14, { name: 'DISCONNECT', flags: 0, check: (cursor) => cursor.end() }],
])
export const connectType = 1
export const publishType = 3

/** Throws a `ProtocolError` for a whole packet, fixed header included, that a connected client may not send. */
export function checkPacket(packet: Buffer, bodyAt: number): void {
  const first = packet[0] ?? 0
  const [type, flags] = [first >> 4, first & 15]
  if (type === publishType) checkPublish(new Cursor(packet, bodyAt, 'PUBLISH'), flags)
  else checkOther(packet, bodyAt, type, flags)
}

function checkOther(packet: Buffer, bodyAt: number, type: number, flags: number): void {
  const kind = kinds.get(type)
  if (kind === undefined) throw new ProtocolError(`found a packet of type ${type}, which no client sends`)
  const cursor = new Cursor(packet, bodyAt, kind.name)
  // [MQTT-2.2.2-2]
  if (flags !== kind.flags) throw cursor.fault('its reserved flags are set')
  kind.check(cursor)
}

function checkPublish(cursor: Cursor, flags: number): void {
  const qos = (flags >> 1) & 3
  // [MQTT-3.3.1-4], [MQTT-3.3.1-2]
  if (qos === 3) throw cursor.fault('QoS 3')
  if (qos === 0 && flags & 8) throw cursor.fault('sent again, with QoS 0')
  checkName(cursor, 'topic')
  if (qos > 0) checkPacketId(cursor)
}

/** [MQTT-2.3.1-1]. */
function checkPacketId(cursor: Cursor): void {
  if (cursor.word('packet id') === 0) throw cursor.fault('its packet id is 0')
}

function checkAcknowledgement(cursor: Cursor): void {
  checkPacketId(cursor)
  cursor.end()
}

/** [MQTT-3.8.3-3]: at least one filter; [MQTT-3-8.3-4]: a QoS of 0 to 2. */
function checkSubscribe(cursor: Cursor): void {
  checkPacketId(cursor)
  do {
    checkFilter(cursor)
    if (cursor.byte('QoS') > 2) throw cursor.fault('a QoS above 2')
  } while (cursor.left > 0)
}

/** [MQTT-3.10.3-2]: at least one filter. */
function checkUnsubscribe(cursor: Cursor): void {
  checkPacketId(cursor)
  do checkFilter(cursor)
  while (cursor.left > 0)
}
