/** What somebody who comes of themselves does: stops drawn from the planogram, acts drawn from the habits' weights. */
import type { Store } from '../../models/contracts/store.ts'
import type { Random } from '../random.ts'
import type { Act } from '../world/act.ts'
import type { Habit, Scenario } from './schema.ts'

export type ShopperOptions = Scenario['shoppers']

export interface Stop {
  readonly sku: string
  readonly shelf: string
}

/** Where everything stands by the planogram, one entry a facing. */
export function stopsOf(store: Store): Stop[] {
  const shelfOf = new Map(
    store.fixtures.flatMap(({ shelves }) =>
      shelves.flatMap(({ id, cells }) => cells.map((cell) => [cell.id, id] as const)),
    ),
  )
  return store.planogram.map(({ sku, cells }) => ({ sku, shelf: shelfOf.get(cells[0] ?? '') ?? '' }))
}

/** The stops of one shopper; some of them at the shelves where `previous` stopped. */
export function drawStops(
  all: readonly Stop[],
  options: ShopperOptions,
  previous: readonly Stop[],
  random: Random,
): Stop[] {
  if (all.length === 0) return []
  const count = random.int(options.itemsFrom, Math.max(options.itemsFrom, options.itemsTo))
  return Array.from({ length: count }, (_, i) => {
    const model = previous[i]
    const near = model === undefined ? [] : all.filter(({ shelf }) => shelf === model.shelf)
    return random.pick(near.length > 0 && random.chance(options.nearOthers) ? near : all)
  })
}

/** The acts of one stop. `companion`: who a thing could be given to. */
export function drawActs(stop: Stop, options: ShopperOptions, companion: string | null, random: Random): Act[] {
  const habit = random.weighted<Habit>(options.does)
  return actsOf(habit, stop, companion, random)
}

function actsOf(habit: Habit, stop: Stop, companion: string | null, random: Random): Act[] {
  const where = { sku: stop.sku, shelf: stop.shelf }
  const { sku } = stop
  const one = takes(where, 1)
  switch (habit) {
    case 'take':
      return [takes(where, Number(random.weighted({ '1': 80, '2': 15, '3': 5 })))]
    case 'takeWithBothHands':
      return [takes(where, 2, 'two-hands')]
    case 'takeTogether':
      return [takes(where, 2, 'together')]
    case 'takeSlowly':
      return [takes(where, 1, 'one-by-one', 'slow')]
    case 'putBack':
      return [one, { kind: 'wait', seconds: random.range(0.5, 4) }, { kind: 'put-back', sku, to: 'home' }]
    case 'putElsewhere':
      return [one, { kind: 'put-back', sku, to: 'elsewhere' }]
    case 'touch':
      return [{ kind: 'touch', where }]
    case 'restHand':
      return [{ kind: 'rest-hand', where, seconds: random.range(1, 4) }]
    case 'handOver':
      return companion === null ? [one] : [one, { kind: 'hand-over', sku, to: companion }]
    case 'eat':
    case 'drop':
      return [one, { kind: habit, sku }]
  }
}

type Take = Extract<Act, { kind: 'take' }>

function takes(
  where: Take['where'],
  quantity: number,
  manner: Take['manner'] = 'one-by-one',
  speed: Take['speed'] = 'quick',
): Act {
  return { kind: 'take', where, quantity, manner, speed }
}
