/** What a device was told is here is here, once. */
import type { ShelfChange } from '../../../edge/observations.ts'
import { decode } from '../../../gateway/spool/record.ts'
import type { Device, Told } from '../world/device.ts'
import type { SimulatedDisk } from '../world/disk.ts'
import { spoolFolder } from '../world/gateway.ts'
import { require } from './violation.ts'

/** The spool keeps what is in the journal for somewhat longer. */
const keptMs = 45_000
/** The milligrams by which changes are told apart come to less; a thing weighs more. Two that come at once count as their sum. */
const gramsApart = 1

/** After the end of a process, before the next one reads: what was acknowledged a moment ago is on the disk. */
export function requireSpooled(devices: readonly Device[], disk: SimulatedDisk, since: number): void {
  const kept = new Set(disk.paths(spoolFolder).flatMap((path) => idsIn(disk.peek(path) ?? Buffer.alloc(0))))
  for (const device of devices)
    for (const { id, acknowledgedAt } of device.told.slice(-100))
      if (acknowledgedAt !== null && acknowledgedAt > since - keptMs)
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

/** `refused`: ids of what the gateway refused in words, as it may when a clock was set. */
export function requireObserved(
  devices: readonly Pick<Device, 'told'>[],
  changes: readonly ShelfChange[],
  refused: ReadonlySet<string>,
): void {
  const told = devices.flatMap((device) => device.told.filter(({ channel }) => channel === 'event/weight'))
  const cells = new Set(told.map(cellOf))
  for (const cell of cells) {
    const expected = told.filter((each) => cellOf(each) === cell && !refused.has(each.id)).map(gramsOf)
    const seen = changes.flatMap((change) => change.cells.filter((each) => each.cell === cell))
    const found = seen.map(({ deltaGrams }) => deltaGrams)
    require(`plate ${cell} was told ${expected.map((grams) => grams.toFixed(3)).join(' ')}, each observed once`, Math.abs(
      sum(expected) - sum(found),
    ) < gramsApart, found.map((grams) => grams.toFixed(3)).join(' '))
  }
}

/** What was observed since a copy of the journal is gone when that is put back; what is observed is so once all the same. */
export function requireObservedOnce(changes: readonly ShelfChange[]): void {
  const seen = new Set<string>()
  for (const { cell, deltaGrams } of changes.flatMap(({ cells }) => cells)) {
    const name = `${cell} ${deltaGrams.toFixed(3)}`
    require('each change is observed once', !seen.has(name), `${name} g twice`)
    seen.add(name)
  }
}

const sum = (grams: readonly number[]) => grams.reduce((a, b) => a + b, 0)
const cellOf = ({ data }: Told) => (data as { cell: string }).cell
const gramsOf = ({ data }: Told) => (data as { deltaGrams: number }).deltaGrams
