/**
 * What a bad line does to what goes over it, drawn from a seed. Pure: which chunk of bytes meets what is decided here, the
 * sockets are in `line.ts`. Each line has some kinds of faults and not others, as in `world/faults.ts`.
 */
import { Random } from '../../../simulators/random.ts'

/** How often by chance: at each connection, or for each chunk of bytes. */
const chances = {
  'connection refused': 0.1,
  late: 0.03,
  'single bytes': 0.03,
  'held together': 0.03,
  'half-closed': 0.006,
  reset: 0.01,
  'cut off in the middle': 0.01,
  stalled: 0.004,
  'answer dropped': 0.02,
  'bit flipped': 0.02,
  'stretch said twice': 0.01,
  'stretch left out': 0.01,
} as const

export type LineFault = keyof typeof chances
const kinds = Object.keys(chances) as readonly LineFault[]
const chunkKinds = kinds.filter((kind) => kind !== 'connection refused')

/**
 * Other bytes than were sent. TCP's checksum finds nearly all of them, TLS finds the rest; in plain a line of ours is within one
 * machine, where there is no wire on which a bit could turn.
 */
const altering: ReadonlySet<LineFault> = new Set(['bit flipped', 'stretch said twice', 'stretch left out'])

/** In so many of ten lines a kind is there. */
const thereInTen = 7
const longestLateMs = 3000

/** What becomes of a chunk; `bytes` is what goes on. */
export type Fate =
  | { readonly kind: 'passed'; readonly bytes: Buffer }
  | { readonly kind: 'late'; readonly ms: number }
  /** The last that this side says, while it still hears. */
  | { readonly kind: 'half-closed' }
  /** A part goes on, then both ends hear that the other has hung up. */
  | { readonly kind: 'cut off in the middle'; readonly bytes: Buffer }
  | { readonly kind: 'single bytes' | 'held together' | 'reset' | 'stalled' | 'answer dropped' }

export class LineFaults {
  /** How often each struck. */
  readonly counts = new Map<LineFault, number>()
  readonly #strength = new Map<LineFault, number>()
  readonly #random = new Map<LineFault, Random>()
  #healed = false

  /** `alters`: whether bytes come out other than they went in, too. */
  constructor(seed: number, line: string, alters: boolean) {
    const swarm = new Random(seed, `${line} swarm`)
    for (const kind of kinds) {
      const isThere = swarm.int(1, 10) <= thereInTen && (alters || !altering.has(kind))
      this.#strength.set(kind, isThere ? swarm.range(0.5, 2) : 0)
      this.#random.set(kind, new Random(seed, `${line} ${kind}`))
    }
  }

  /** From now on nothing goes wrong any more. What is stalled stays so. */
  heal(): void {
    this.#healed = true
  }

  /** Whether a new connection is refused. */
  refuses(): boolean {
    return this.#strikes('connection refused')
  }

  /** Of the next chunk, from the one who connected or back to them. */
  fateOf(bytes: Buffer, isAnswer: boolean): Fate {
    const kind = chunkKinds.find((each) => (isAnswer || each !== 'answer dropped') && this.#strikes(each))
    if (kind === undefined) return { kind: 'passed', bytes }
    const random = this.#of(kind)
    switch (kind) {
      case 'late':
        return { kind, ms: random.range(50, longestLateMs) }
      case 'cut off in the middle':
        return { kind, bytes: bytes.subarray(0, random.int(0, bytes.length - 1)) }
      case 'bit flipped':
      case 'stretch said twice':
      case 'stretch left out':
        return { kind: 'passed', bytes: this.#altered(kind, bytes) }
      default:
        return { kind }
    }
  }

  #altered(kind: LineFault, bytes: Buffer): Buffer {
    const random = this.#of(kind)
    const from = random.int(0, bytes.length - 1)
    const to = random.int(from + 1, bytes.length)
    const before = bytes.subarray(0, to)
    if (kind === 'stretch said twice') return Buffer.concat([before, bytes.subarray(from)])
    if (kind === 'stretch left out') return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
    const flipped = Buffer.from(bytes)
    flipped.writeUInt8(flipped.readUInt8(from) ^ (1 << random.int(0, 7)), from)
    return flipped
  }

  #strikes(kind: LineFault): boolean {
    const struck = !this.#healed && this.#of(kind).chance(chances[kind] * (this.#strength.get(kind) ?? 0))
    if (struck) this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
    return struck
  }

  #of(kind: LineFault): Random {
    const random = this.#random.get(kind)
    if (random === undefined) throw new Error(`no such fault: ${kind}`)
    return random
  }
}
