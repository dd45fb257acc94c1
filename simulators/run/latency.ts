/** How long it takes from a pick until the right shopper's cart shows it, on the live feed, in virtual milliseconds. */
import type { LiveView } from '../../models/contracts/http.ts'
import type { Simulation } from '../simulation.ts'
import type { ShelfAct } from '../world/ledger.ts'

interface Awaited {
  readonly ts: number
  readonly sku: string
  readonly quantity: number
  readonly names: ReadonlySet<string>
}

export interface Latency {
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly shown: number
  /** Picks that the right cart never showed. */
  readonly neverShown: number
}

export class LatencyWatch {
  private readonly simulation: Simulation
  private readonly url: string
  private readonly headers: Readonly<Record<string, string>>
  private readonly stopping = new AbortController()
  private readonly held = new Map<string, number>()
  private readonly delays: number[] = []
  private waiting: Awaited[] = []
  private seen = 0
  private reading: Promise<void> = Promise.resolve()

  constructor(simulation: Simulation, httpUrl: string, headers: Readonly<Record<string, string>>) {
    this.headers = headers
    this.simulation = simulation
    this.url = `${httpUrl}/api/live`
  }

  start(): void {
    this.reading = this.read().catch(() => {})
  }

  /** Call after each step: takes note of what has been picked and put since. */
  note(): void {
    const { acts } = this.simulation.world.ledger
    for (const act of acts.slice(this.seen)) this.expect(act)
    this.seen = acts.length
  }

  async stop(): Promise<Latency> {
    this.stopping.abort()
    await this.reading
    const sorted = [...this.delays].sort((a, b) => a - b)
    const at = (share: number): number | null => sorted[Math.ceil(share * sorted.length) - 1] ?? null
    return {
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      p99Ms: at(0.99),
      shown: sorted.length,
      neverShown: this.waiting.length,
    }
  }

  private expect({ person, sku, kind, quantity, ts }: ShelfAct): void {
    if (person.identity.staff) return
    const { account } = person.identity
    const owner = account ?? person.identity.name
    const key = `${owner}/${sku}`
    const now = (this.held.get(key) ?? 0) + (kind === 'pick' ? quantity : -quantity)
    this.held.set(key, now)
    if (kind === 'put') return
    const ids = this.simulation.trackers.flatMap((tracker) => [...tracker.ids.idsOf(person)])
    const names = new Set(account === null ? ids : [account])
    this.waiting.push({ ts, sku, quantity: now, names })
  }

  private look(view: LiveView): void {
    const { now } = this.simulation
    this.waiting = this.waiting.filter(({ ts, sku, quantity, names }) => {
      const shown = view.shoppers.some(
        ({ id, account, items }) =>
          (names.has(id) || (account !== null && names.has(account))) &&
          items.some((item) => item.sku === sku && item.quantity >= quantity),
      )
      if (shown) this.delays.push(now - ts)
      return !shown
    })
  }

  /** Server-sent events: blocks of lines, `data:` holds a whole picture. */
  private async read(): Promise<void> {
    const answer = await fetch(this.url, { headers: this.headers, signal: this.stopping.signal })
    let text = ''
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (text + chunk).split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const data = block.split('\n').find((line) => line.startsWith('data:'))
        if (data !== undefined) this.look(JSON.parse(data.slice(5)) as LiveView)
      }
    }
  }
}
