/** iBeacon in BLE manufacturer data (Apple, Proximity Beacon Specification R1, 2015). */

export interface IBeacon {
  /** Lower case, with dashes: `f7826da6-4fa2-4e98-8024-bc5b71e0893e`. */
  readonly uuid: string
  readonly major: number
  readonly minor: number
  /** Signal strength at one metre, dBm. */
  readonly measuredPower: number
}

/** Apple's company identifier in the Bluetooth SIG's list; on the air it comes low byte first. */
const companyId = 0x004c
const proximityType = 0x02
/** UUID 16, major 2, minor 2, measured power 1. */
const bodyLength = 0x15
const totalLength = 4 + bodyLength

/**
 * Reads manufacturer data as it stands in the advertisement: company id, type, length, body. Null when it is
 * something else; longer data is something else too, since the length byte is fixed.
 */
export function decodeIBeacon(data: Uint8Array): IBeacon | null {
  if (data.length !== totalLength) return null
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  if (view.getUint16(0, true) !== companyId || view.getUint8(2) !== proximityType || view.getUint8(3) !== bodyLength)
    return null
  return {
    uuid: formatUuid(data.subarray(4, 20)),
    major: view.getUint16(20),
    minor: view.getUint16(22),
    measuredPower: view.getInt8(24),
  }
}

/** The inverse. Throws a RangeError for a UUID, major, minor or power that does not fit. */
export function encodeIBeacon({ uuid, major, minor, measuredPower }: IBeacon): Uint8Array {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid))
    throw new RangeError(`uuid: found "${uuid}", wanted 32 hexadecimal digits in groups of 8-4-4-4-12`)
  const data = new Uint8Array(totalLength)
  const view = new DataView(data.buffer)
  view.setUint16(0, companyId, true)
  view.setUint8(2, proximityType)
  view.setUint8(3, bodyLength)
  data.set(Buffer.from(uuid.replaceAll('-', ''), 'hex'), 4)
  view.setUint16(20, within('major', major, 0, 0xffff))
  view.setUint16(22, within('minor', minor, 0, 0xffff))
  view.setInt8(24, within('measuredPower', measuredPower, -128, 127))
  return data
}

function formatUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function within(field: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new RangeError(`${field}: found ${value}, wanted a whole number from ${least} to ${most}`)
}
