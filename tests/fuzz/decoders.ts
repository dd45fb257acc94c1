/**
 * Everything that reads bytes of others. A decoder takes any bytes: it gives something, or refuses them in its own way;
 * what else it throws is a defect.
 */
import { generateKeyPairSync } from 'node:crypto'
import { parser } from 'mqtt-packet'
import { createAlipayProvider } from '../../cloud-sync/payments/alipay.ts'
import { createStripeProvider } from '../../cloud-sync/payments/stripe.ts'
import { checkPurchase } from '../../cloud-sync/purchase-check.ts'
import { decodeIBeacon, encodeIBeacon } from '../../devices/ble/ibeacon.ts'
import { frameTime } from '../../devices/camera/frame-time.ts'
import { checkJpeg } from '../../devices/camera/jpeg.ts'
import { PpmError, PpmSplitter } from '../../devices/camera/ppm.ts'
import { createCore } from '../../edge/core.ts'
import { createIngest } from '../../gateway/ingest/ingest.ts'
import { PacketReader } from '../../gateway/mqtt/wire/packet-reader.ts'
import { ProtocolError } from '../../gateway/mqtt/wire/protocol-error.ts'
import { decode as decodeSpool } from '../../gateway/spool/record.ts'
import { t0, testStore } from '../../gateway/testing/store.ts'
import { PurchaseSchema } from '../../models/contracts/http.ts'
import { parseAccounts, parseRecordingLine } from '../../models/contracts/recording.ts'
import { parseStoreText } from '../../models/contracts/store.ts'
import { compile, describeFault, type Validated } from '../../models/contracts/validate.ts'
import { parseCode, textOf } from '../../models/entry/code.ts'
import { parseScenario } from '../../simulators/scenario/load.ts'

/** Whether it took the bytes; throws what is a defect. */
type Decoder = (bytes: Buffer) => boolean

/** What is said of a bad input goes into logs and onto pages. */
const mostWords = 2_000

function expect(isTrue: boolean, words: string): void {
  if (!isTrue) throw new Error(words)
}

function said({ faults }: { readonly faults: readonly Parameters<typeof describeFault>[0][] }): void {
  expect(faults.length > 0, 'it is refused without a reason')
  const words = faults.map(describeFault)
  expect(
    words.every((each) => each.length <= mostWords),
    `a fault of ${Math.max(...words.map((each) => each.length))} characters`,
  )
}

function checked<T>(parsed: Validated<T>): T | null {
  if (parsed.ok) return parsed.value
  said(parsed)
  return null
}

/** JSON that is none is refused by whoever reads the file, in words. */
function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}

/** Whether it does not refuse; it does so by an error of its own. */
function isTaken(work: () => void, isOwn: (error: unknown) => boolean): boolean {
  try {
    work()
    return true
  } catch (error) {
    if (!isOwn(error)) throw error
    return false
  }
}

/** In pieces of every size, as a network cuts them; what passes the guard the broker's own parser must understand. */
function mqtt(bytes: Buffer): boolean {
  const reader = new PacketReader()
  const passed: Buffer[] = []
  const taken = isTaken(
    () => {
      for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7 + 3) % 61) {
        size = Math.max(1, size)
        passed.push(reader.take(bytes.subarray(at, at + size)))
      }
    },
    (error) => error instanceof ProtocolError,
  )
  expect(reader.heldBytes <= 2 * bytes.length + 1024, `${reader.heldBytes} bytes are held for ${bytes.length}`)
  const aedes = parser()
  aedes.on('error', (error) => {
    throw new Error(`it passes and the broker cannot read it: ${error.message}`)
  })
  aedes.parse(Buffer.concat(passed))
  return taken
}

const store = testStore()

/** A line with the topic, then the payload: through ingest into the engine, which must go on. */
function message(bytes: Buffer): boolean {
  const end = bytes.indexOf(10)
  const [topic, payload] = [bytes.toString('utf8', 0, Math.max(0, end)), bytes.subarray(end + 1)]
  const ingest = createIngest({ store })
  const core = createCore({ store })
  const refused = ingest.receive({ arrivedAt: t0 + 100, topic, body: { kind: 'bytes', bytes: payload } })
  if (refused !== null) expect(JSON.stringify(refused).length <= mostWords, 'too many words')
  const passage = { v: 1, ts: t0 + 200, boot: 'fuzz', seq: 1, data: { direction: 'in' } }
  const after = {
    arrivedAt: t0 + 300,
    topic: 'tillfree/1/s1/dev/gate1/event/passage',
    body: { kind: 'json', value: passage },
  } as const
  ingest.receive(after)
  const { events } = ingest.flush()
  for (const event of events) core.accept(event)
  core.finish()
  expect(
    events.some(({ kind }) => kind === 'passage'),
    'a good message after it is lost',
  )
  return refused === null
}

function jpeg(bytes: Buffer): boolean {
  const found = checkJpeg(bytes)
  if (found.ok) expect(found.header.width * found.header.height <= 32_000_000, 'a picture that is too large passes')
  const time = frameTime(bytes)
  expect(time === null || Number.isFinite(time), 'a time that is none')
  return found.ok
}

function beacon(bytes: Buffer): boolean {
  const found = decodeIBeacon(bytes)
  if (found !== null) expect(Buffer.from(encodeIBeacon(found)).equals(bytes), 'it does not come back as it was')
  return found !== null
}

/** What somebody holds up at a gate: one text for each code. */
function entryCode(bytes: Buffer): boolean {
  const text = bytes.toString()
  const found = parseCode(text)
  if (found !== null) expect(textOf(found) === text, 'it does not come back as it was')
  return found !== null
}

function ppm(bytes: Buffer): boolean {
  const splitter = new PpmSplitter()
  return isTaken(
    () => {
      for (let at = 0; at < bytes.length; at += 7) splitter.push(bytes.subarray(at, at + 7))
    },
    (error) => error instanceof PpmError,
  )
}

const publicUrl = 'https://shop.test/'
const now = () => t0
const { privateKey, publicKey: alipayPublicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const providers = [
  createStripeProvider({ key: 'sk_test_fuzz', webhookSecret: 'whsec_fuzz', publicUrl, now }),
  createAlipayProvider({ appId: '2021000100000001', privateKey, alipayPublicKey, publicUrl, now }),
]

/** A line with the signature, then what is signed: nothing of what is made up here is. */
function webhook(bytes: Buffer): boolean {
  const end = bytes.indexOf(10)
  const [signature, payload] = [bytes.toString('latin1', 0, Math.max(0, end)), bytes.toString('utf8', end + 1)]
  for (const provider of providers) {
    const taken = isTaken(
      () => provider.readWebhook?.(payload, signature),
      () => true,
    )
    expect(!taken, `${provider.name} takes it without a signature`)
  }
  return false
}

const parsePurchase = compile(PurchaseSchema)

function purchase(bytes: Buffer): boolean {
  const found = checked(parsePurchase(jsonOf(bytes)))
  const faults = found === null ? [] : checkPurchase(found)
  for (const fault of faults) expect(describeFault(fault).length <= mostWords, 'too many words')
  return found !== null && faults.length === 0
}

export const decoders: Readonly<Record<string, Decoder>> = {
  mqtt,
  message,
  jpeg,
  beacon,
  'entry-code': entryCode,
  ppm,
  webhook,
  purchase,
  store: (bytes) => checked(parseStoreText(bytes.toString())) !== null,
  scenario: (bytes) => checked(parseScenario(bytes.toString())) !== null,
  accounts: (bytes) => checked(parseAccounts(jsonOf(bytes))) !== null,
  'recording-line': (bytes) => checked(parseRecordingLine(jsonOf(bytes))) !== null,
  spool: (bytes) => decodeSpool(bytes).records.length > 0,
}
