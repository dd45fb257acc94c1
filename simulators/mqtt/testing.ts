/** A broker, and a gateway that only keeps time, for the tests of what speaks MQTT. */
import { createServer, type Server } from 'node:net'
import { Aedes } from 'aedes'
import { isCommand } from '../../models/contracts/topics.ts'

export interface Heard {
  readonly topic: string
  readonly text: string
  readonly qos: number
  readonly retain: boolean
  readonly client: string
}

export class TestBroker {
  readonly heard: Heard[] = []
  private broker: Aedes | null = null
  private server: Server | null = null
  /** Called with everything that is heard. */
  onHeard: (heard: Heard) => void = () => {}
  private waiting: { readonly fits: (heard: Heard) => boolean; readonly done: (heard: Heard) => void }[] = []

  async start(port = 0): Promise<void> {
    const broker = await Aedes.createBroker()
    broker.on('publish', (packet, client) => {
      if (packet.topic.startsWith('$SYS')) return
      const { topic, qos, retain } = packet
      this.hear({ topic, text: packet.payload.toString(), qos, retain, client: client?.id ?? '' })
    })
    const server = createServer({ noDelay: true }, broker.handle)
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    this.broker = broker
    this.server = server
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`
  }

  get port(): number {
    const address = this.server?.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  publish(topic: string, body: unknown, retain = false): void {
    const packet = {
      cmd: 'publish' as const,
      topic,
      payload: JSON.stringify(body),
      qos: 1 as const,
      retain,
      dup: false,
    }
    this.broker?.publish(packet, () => {})
  }

  /** The first message that fits, heard already or still to come. */
  next(fits: (heard: Heard) => boolean): Promise<Heard> {
    const known = this.heard.find(fits)
    if (known !== undefined) return Promise.resolve(known)
    return new Promise((done) => this.waiting.push({ fits, done }))
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.broker?.close(resolve))
    await new Promise<void>((resolve) => this.server?.close(() => resolve()))
  }

  private hear(heard: Heard): void {
    this.heard.push(heard)
    const now = this.waiting.filter(({ fits }) => fits(heard))
    this.waiting = this.waiting.filter((one) => !now.includes(one))
    for (const { done } of now) done(heard)
    this.onHeard(heard)
  }
}

/** Answers each step once it has the messages that it was promised, and opens the gate for every scan. */
export function keepTime(broker: TestBroker, store: string, boot = 'g1'): { readonly count: () => number } {
  const root = `tillfree/1/${store}`
  let count = 0
  let step: { readonly now: number; readonly after: number } | null = null
  const answer = (): void => {
    if (step === null || count < step.after) return
    broker.publish(`${root}/gw/progress`, { boot, now: step.now, received: count })
    step = null
  }
  broker.onHeard = ({ topic, text }) => {
    if (topic === `${root}/sim/time`) step = JSON.parse(text)
    if (topic.startsWith(`${root}/dev/`) && !isCommand(topic)) count++
    if (topic.endsWith('/event/scan')) {
      broker.publish(topic.replace('event/scan', 'cmd/open'), { txn: `x${count}`, expiresAt: 8e12 })
    }
    answer()
  }
  broker.publish(`${root}/gw/progress`, { boot, now: 0, received: 0 }, true)
  return { count: () => count }
}
