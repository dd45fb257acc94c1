/** A store that follows people by its cameras keeps no picture and sends none: not on disk, not in the log, not over MQTT. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import sharp from 'sharp'
import { afterAll, expect, test, vi } from 'vitest'
import { programHeaders } from '../../gateway/testing/staff.ts'
import { testStore } from '../../gateway/testing/store.ts'
import { startedStore } from '../../gateway/testing/store-process.ts'
import { Random } from '../../simulators/random.ts'

const folder = mkdtempSync(join(tmpdir(), 'tillfree-pictures-'))
afterAll(() => rmSync(folder, { recursive: true }))

const store = { ...testStore(), devices: testStore().devices.filter(({ kind }) => kind !== 'tracker') }
const [width, height] = [640, 480]

/** Noise: no piece of it is anywhere by chance, and however it was encoded, its pixels are told by their bytes. */
async function noise(seed: number) {
  const random = new Random(seed, 'noise')
  const pixels = Buffer.from(Array.from({ length: (width / 8) * (height / 8) * 3 }, () => random.int(0, 255)))
  const jpeg = await sharp(pixels, { raw: { width: width / 8, height: height / 8, channels: 3 } })
    .resize(width, height, { kernel: 'nearest' })
    .jpeg({ quality: 90 })
    .toBuffer()
  const decoded = await sharp(jpeg).raw().toBuffer()
  return { jpeg, decoded }
}

/** Pieces of a picture as it came and as it was decoded, as bytes and as the texts that JSON could hold. */
function tracesOf({ jpeg, decoded }: Awaited<ReturnType<typeof noise>>): (Buffer | string)[] {
  const pieces = [jpeg, decoded].flatMap((bytes) =>
    [0.2, 0.5, 0.8].map((share) => {
      const at = Math.floor((bytes.length * share) / 3) * 3
      return bytes.subarray(at, at + 48)
    }),
  )
  return pieces.flatMap((piece) => [piece, piece.toString('base64'), piece.toString('hex'), [...piece].join()])
}

/** Any picture in a format that could be written, whatever it shows. */
const pictureStarts = [Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('\x89PNG', 'latin1'), '/9j/4', 'iVBORw0']

function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
}

test('a running store leaves no trace of the pictures that it looks at', async () => {
  const words: string[] = []
  const { storeProcess, mqttUrl, httpUrl } = await startedStore(store, folder, { words })
  const client = await connectAsync(mqttUrl, { clientId: 'sim' })
  const heard: { topic: string; payload: Buffer }[] = []
  client.on('message', (topic, payload) => heard.push({ topic, payload }))
  await client.subscribeAsync(`tillfree/1/${store.id}/#`)
  const frameTopic = `tillfree/1/${store.id}/dev/cam1/raw/frame`
  const pictures = await Promise.all([1, 2, 3].map(noise))
  const headers = await programHeaders(folder, 'viewer')
  const metrics = async () => (await fetch(`${httpUrl}/metrics`, { headers })).text()
  const looks = async () => Number(/^tillfree_perception_looks (\d+)/m.exec(await metrics())?.[1])
  for (const [i, { jpeg }] of pictures.entries()) {
    await client.publishAsync(frameTopic, jpeg)
    await vi.waitUntil(async () => (await looks()) > i, { timeout: 60_000, interval: 100 })
  }
  // And one that cannot be looked at, about which something is said.
  await client.publishAsync(frameTopic, (pictures[0]?.jpeg ?? Buffer.alloc(0)).subarray(0, 5000))
  await vi.waitUntil(() => words.some((word) => word.includes('cut off')), { timeout: 60_000, interval: 50 })
  await client.endAsync()
  const whilePlaying = filesIn(folder).map((path) => readFileSync(path))
  await storeProcess.stop()

  const traces = [...pictures.flatMap(tracesOf), ...pictureStarts]
  const elsewhere = heard.filter(({ topic }) => topic !== frameTopic)
  expect(heard.length - elsewhere.length).toBeGreaterThanOrEqual(4)
  const kept = [...whilePlaying, ...filesIn(folder).map((path) => readFileSync(path))]
  expect(kept.length).toBeGreaterThan(1)
  const places = [...kept, ...elsewhere.map(({ payload }) => payload), Buffer.from(words.join(''))]
  for (const place of places) expect(traces.filter((trace) => place.includes(trace))).toEqual([])
  // The same search finds a picture where there is one.
  expect(traces.filter((trace) => heard.some(({ payload }) => payload.includes(trace))).length).toBeGreaterThan(8)
})
