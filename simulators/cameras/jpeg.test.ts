import { expect, test } from 'vitest'
import { frameTime } from '../../devices/camera/frame-time.ts'
import type { Arrival } from '../sensors/outbox.ts'
import { compressed } from './jpeg.ts'

const takenAtMs = Date.UTC(2026, 2, 2, 8, 0, 5, 7)
const picture = { width: 16, height: 8, bytes: new Uint8Array(16 * 8 * 3).fill(90), takenAtMs }

test('compressed() makes JPEGs that say when they were taken, and leaves the rest and its order', async () => {
  const arrivals: Arrival[] = [
    { t: 1, device: 'g1', channel: 'raw/weight', payload: { json: { v: 1 } } },
    { t: 2, device: 'cam1', channel: 'raw/frame', payload: { picture } },
    { t: 3, device: 'g1', channel: 'status', payload: { text: 'online' } },
  ]
  const sent = await compressed(arrivals)
  expect(sent.map(({ t }) => t)).toEqual([1, 2, 3])
  expect(sent[0]).toEqual(arrivals[0])
  const payload = sent[1]?.payload
  const jpeg = Buffer.from(payload !== undefined && 'b64' in payload ? payload.b64 : '', 'base64')
  expect(frameTime(jpeg)).toBe(takenAtMs)
})
