/** CONNECT (MQTT 3.1.1, 3.1): what a stranger says first. aedes takes much that the standard forbids. */
import type { Cursor } from './cursor.ts'
import { checkName } from './topic-check.ts'

const unacceptableVersion = 1
const identifierRejected = 2
/** By protocol name: MQTT 3.1.1, and 3.1 that older hardware speaks. */
const levels: ReadonlyMap<string, number> = new Map([
  ['MQTT', 4],
  ['MQIsdp', 3],
])

/** Connect flags, 3.1.2.3. */
const flag = { reserved: 0x01, clean: 0x02, will: 0x04, willRetain: 0x20, password: 0x40, userName: 0x80 }
const willQosOf = (flags: number) => (flags >> 3) & 3

/** Throws a `ProtocolError` for a CONNECT; the cursor is at its body. */
export function checkConnect(cursor: Cursor): void {
  checkVersion(cursor)
  const flags = cursor.byte('flags')
  checkFlags(cursor, flags)
  cursor.word('keep-alive')
  const clientId = cursor.text('client id')
  if (flags & flag.will) {
    checkName(cursor, 'will topic')
    cursor.binary('will message')
  }
  if (flags & flag.userName) cursor.text('user name')
  if (flags & flag.password) cursor.binary('password')
  cursor.end()
  // [MQTT-3.1.3-8]
  if (clientId === '' && !(flags & flag.clean))
    throw cursor.fault('an empty client id without a clean session', identifierRejected)
}

/** [MQTT-3.1.2-1], [MQTT-3.1.2-2]. */
function checkVersion(cursor: Cursor): void {
  const wanted = levels.get(cursor.text('protocol name'))
  if (wanted === undefined) throw cursor.fault('its protocol is not MQTT')
  if (cursor.byte('protocol level') !== wanted)
    throw cursor.fault('its version is not 3.1.1 (nor 3.1)', unacceptableVersion)
}

function checkFlags(cursor: Cursor, flags: number): void {
  // [MQTT-3.1.2-3]
  if (flags & flag.reserved) throw cursor.fault('its reserved flag is set')
  // [MQTT-3.1.2-11], [MQTT-3.1.2-13], [MQTT-3.1.2-15]
  if (!(flags & flag.will) && (flags & flag.willRetain || willQosOf(flags) > 0))
    throw cursor.fault('QoS or retain of a will without a will')
  // [MQTT-3.1.2-14]
  if (willQosOf(flags) === 3) throw cursor.fault('a will of QoS 3')
  // [MQTT-3.1.2-22]
  if (flags & flag.password && !(flags & flag.userName)) throw cursor.fault('a password without a user name')
}
