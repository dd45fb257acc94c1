/** What goes wrong by itself, now and then: processes end, disks fill, lines are cut, clocks are set. */

import { baseBytes } from '../../../gateway/disk-room.ts'
import type { Random } from '../../../simulators/random.ts'
import type { Device } from './device.ts'
import type { Faults, TimedFault } from './faults.ts'
import type { Gateway } from './gateway.ts'
import type { Machine } from './machine.ts'
import type { Link } from './network.ts'
import type { AccountService } from './service.ts'
import type { Timeline } from './timeline.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000
/** So long one shelf is silent, while the others go on: up to a minute late is in time (`gateway/ingest`), what is later is a case. */
const shortestOffMs = 80_000
const longestOffMs = 130_000

export interface Struck {
  readonly timeline: Timeline
  readonly faults: Faults
  readonly random: Random
  readonly gateway: Gateway
  readonly service: AccountService
  readonly machines: { readonly gateway: Machine; readonly service: Machine }
  readonly links: { readonly shop: Link; readonly cloud: Link; readonly provider: Link }
  /** Those that report changes. */
  readonly shelves: readonly Device[]
  clockWasSet(): void
  /** Somebody copies the journal while the store is open. */
  backUp(): void
  /** The gateway ends, and the latest copy is put back. */
  restore(): void
  /** The account service ends, and a copy of its data is put back. */
  restoreService(): void
}

export function startMishaps(world: Struck): void {
  for (const [kind, ms] of world.faults.timed()) next(world, kind, ms)
}

/** Everything that can be mended is; a shelf that is cut off comes back by itself. */
export function mend(world: Struck): void {
  const { faults, machines, links } = world
  faults.heal()
  machines.gateway.clockOffsetMs = 0
  world.clockWasSet()
  for (const machine of Object.values(machines)) machine.mend()
  for (const link of Object.values(links)) link.cut = false
}

function next(world: Struck, kind: TimedFault, ms: number): void {
  const { timeline, faults } = world
  timeline.after(ms, kind, () => {
    if (faults.healed) return
    faults.count(kind)
    strikes[kind](world)
    next(world, kind, faults.untilNext(kind) ?? ms)
  })
}

const strikes: Readonly<Record<TimedFault, (world: Struck) => void>> = {
  'gateway killed': ({ machines }) => machines.gateway.kill(),
  'gateway loses power': ({ machines }) => machines.gateway.cutPower(),
  'gateway restarted': ({ gateway }) => void gateway.stop(false),
  'service killed': ({ machines }) => machines.service.kill(),
  'service loses power': ({ machines }) => machines.service.cutPower(),
  'service restarted': ({ service }) => void service.stop(false),
  'gateway disk full': (world) => spoil(world, world.machines.gateway, 'full'),
  'gateway disk broken': (world) => spoil(world, world.machines.gateway, 'broken'),
  'service disk full': (world) => spoil(world, world.machines.service, 'full'),
  'service disk broken': (world) => spoil(world, world.machines.service, 'broken'),
  'shop network cut': (world) => cut(world, world.links.shop),
  'cloud network cut': (world) => cut(world, world.links.cloud),
  'provider out of reach': (world) => cut(world, world.links.provider),
  'gateway clock stepped': (world) => {
    world.machines.gateway.clockOffsetMs += aside(world.random, 600_000)
    world.clockWasSet()
  },
  'service clock stepped': ({ machines, random }) => {
    machines.service.clockOffsetMs += aside(random, 2 * hourMs)
  },
  'service clock a day on': ({ machines, random }) => {
    machines.service.clockOffsetMs += random.int(1, 4) * dayMs
  },
  'journal backed up': (world) => world.backUp(),
  'journal restored': (world) => world.restore(),
  'service restored': (world) => world.restoreService(),
  'gateway disk almost full': (world) => fill(world, world.machines.gateway),
  'shelf cut off': (world) => cutOff(world, world.random.pick(world.shelves)),
}

/** Until somebody mends it. */
function spoil({ timeline, random }: Struck, machine: Machine, trouble: 'full' | 'broken'): void {
  machine.spoil(trouble)
  timeline.after(random.range(2000, 25_000), `the disk of ${machine.name} is mended`, () => machine.mend())
}

/** Somebody copies something large to it, until it is full or they stop. */
function fill(world: Struck, machine: Machine): void {
  const { timeline, random, faults } = world
  machine.leaveFree(random.int(0, baseBytes - 1))
  timeline.after(random.range(2000, 25_000), `no more goes to the disk of ${machine.name}`, () => {
    if (!faults.healed && random.chance(0.5)) spoil(world, machine, 'full')
    else machine.mend()
  })
}

function cut({ timeline, random }: Struck, link: Link): void {
  link.cut = true
  timeline.after(random.range(2000, 25_000), 'a line is mended', () => {
    link.cut = false
  })
}

function cutOff({ timeline, random }: Struck, shelf: Device): void {
  if (shelf.cutOff) return
  shelf.cutOff = true
  timeline.after(random.range(shortestOffMs, longestOffMs), `${shelf.id} is there again`, () => {
    shelf.cutOff = false
  })
}

/** Forward or back; small steps are as likely as large ones. */
function aside(random: Random, mostMs: number): number {
  const ms = Math.round(500 * (mostMs / 500) ** random.next())
  return random.chance(0.5) ? ms : -ms
}
