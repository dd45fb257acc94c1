/** From a checked message to what the engine takes in. */
import type { SensorEvent } from '../../edge/events.ts'
import type { DeviceMessage } from './check.ts'

/** The event with its times moved by `shiftMs`, or null for `meta` and `tele`, which say nothing about goods. */
export function sensorEvent(device: string, message: DeviceMessage, shiftMs: number): SensorEvent | null {
  const ts = message.envelope.ts + shiftMs
  switch (message.channel) {
    case 'raw/weight':
      return { kind: 'weight', device, ts, ...message.envelope.data }
    case 'event/weight': {
      const { from, to, ...change } = message.envelope.data
      const told = toldAs(message.envelope)
      return { kind: 'weight-change', device, ts, ...change, from: from + shiftMs, to: to + shiftMs, told }
    }
    case 'event/product': {
      const { from, to, ...seen } = message.envelope.data
      return { kind: 'product', device, ts, ...seen, from: from + shiftMs, to: to + shiftMs }
    }
    case 'raw/targets':
      return { kind: 'targets', device, ts, targets: message.envelope.data.targets }
    case 'event/adv':
      return { kind: 'advs', device, ts, advs: message.envelope.data.advs }
    case 'event/scan':
      return { kind: 'scan', device, ts, code: message.envelope.data.code }
    case 'event/passage':
      return { kind: 'passage', device, ts, direction: message.envelope.data.direction }
    case 'meta':
    case 'tele':
      return null
  }
}

/** A copy has the same name, whenever it comes. */
function toldAs({ boot, seq, ts }: DeviceMessage['envelope']): string {
  return `${boot} ${seq} ${ts}`
}

/** Milliseconds since the epoch, by the device's clock, of the newest thing that the message tells of. */
export function lastTime({ channel, envelope }: DeviceMessage): number {
  if (channel === 'event/weight' || channel === 'event/product') return Math.max(envelope.ts, envelope.data.to)
  if (channel !== 'raw/weight') return envelope.ts
  let samples = 1
  for (const readings of Object.values(envelope.data.cells)) samples = Math.max(samples, readings.length)
  return envelope.ts + ((samples - 1) * 1000) / envelope.data.rateHz
}
