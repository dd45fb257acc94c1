/** What a device was told is here is here, once. */
import type { Observation } from '../../../edge/observations.ts'
import { decode } from '../../../gateway/spool/record.ts'
import type { Device, Told } from '../world/device.ts'
import type { SimulatedDisk } from '../world/disk.ts'
import { spoolFolder } from '../world/gateway.ts'
import { require } from './violation.ts'

/** The spool keeps what is in the journal for somewhat longer. */
const keptMs = 45_000
/** The milligrams by which changes are told apart come to less; a thing weighs more. Two that come at once count as their sum. */
const gramsApart = 1

/**
 * After the end of a process, before the next one reads: what was acknowledged a moment ago is on the disk. `clearedAt`: when somebody
 * set the spool aside with what was heard until then.
 */
export function requireSpooled(devices: readonly Device[], disk: SimulatedDisk, now: number, clearedAt: number): void {
  const kept = new Set(disk.paths(spoolFolder).flatMap((path) => idsIn(disk.peek(path) ?? Buffer.alloc(0))))
  for (const device of devices)
    for (const { id, heardAt, acknowledgedAt } of device.told.slice(-100))
      if (acknowledgedAt !== null && acknowledgedAt > now - keptMs && (heardAt ?? 0) > clearedAt)
        require('what was acknowledged to a device is on the disk', kept.has(id), `${id} is lost`)
}

function idsIn(bytes: Buffer): string[] {
  return decode(bytes).records.flatMap((record) => {
    if (record.kind !== 'message') return []
    const { id } = JSON.parse(Buffer.from(record.payload).toString()) as { id?: string }
    // What stands after a sign was put there by a bug on purpose.
    return id === undefined ? [] : [id.replace(/\+.*/, '')]
  })
}

/**
 * Each change is observed once, or it was refused in words (`refused`: the ids) and is in a case for a person once: as it may
 * be when a clock was set.
 */
export function requireObserved(
  devices: readonly { readonly told: readonly Told[] }[],
  observations: readonly Observation[],
  refused: ReadonlySet<string>,
): void {
  const told = devices.flatMap((device) => device.told.filter(({ channel }) => channel === 'event/weight'))
  const cells = new Set(told.map(cellOf))
  for (const cell of cells) {
    const here = told.filter((each) => cellOf(each) === cell)
    const seen = gramsIn(observations, 'shelf-change', cell)
    const late = gramsIn(observations, 'said-late', cell)
    const words = `plate ${cell} was told ${inWords(here.map(gramsOf))}, each observed once or in a case`
    const isEach = Math.abs(sum(here.map(gramsOf)) - sum(seen) - sum(late)) < gramsApart
    require(words, isEach, `${inWords(seen)}, in cases ${inWords(late)}`)
    const lateOnes = here.filter(({ id }) => refused.has(id)).map(gramsOf)
    const isRefused = late.length === 0 || lateOnes.length > 0
    require(`in cases what was refused of plate ${cell}, and nothing else`, isRefused, inWords(late))
  }
}

/** What was observed since a copy of the journal is gone when that is put back; what is observed is so once all the same. */
export function requireObservedOnce(observations: readonly Observation[]): void {
  const seen = new Set<string>()
  for (const one of observations) {
    if (one.kind !== 'shelf-change' && one.kind !== 'said-late') continue
    for (const { cell, deltaGrams } of one.cells) {
      const name = `${cell} ${deltaGrams.toFixed(3)}`
      require('each change is observed once', !seen.has(name), `${name} g twice`)
      seen.add(name)
    }
  }
}

function gramsIn(observations: readonly Observation[], kind: 'shelf-change' | 'said-late', cell: string): number[] {
  return observations.flatMap((one) =>
    one.kind === kind ? one.cells.filter((each) => each.cell === cell).map(({ deltaGrams }) => deltaGrams) : [],
  )
}

const inWords = (grams: readonly number[]) => grams.map((each) => each.toFixed(3)).join(' ') || 'nothing'
const sum = (grams: readonly number[]) => grams.reduce((a, b) => a + b, 0)
const cellOf = ({ data }: Told) => (data as { cell: string }).cell
const gramsOf = ({ data }: Told) => (data as { deltaGrams: number }).deltaGrams
