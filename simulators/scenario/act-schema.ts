/** What a scenario can have people do. Where a name of a product is wanted, `$name` is a thing drawn from the seed. */
import { type Static, type TProperties, Type } from 'typebox'

/** A number, or two between which the seed draws. */
export const range = (maximum: number, description: string, byDefault?: number) =>
  Type.Union([number(maximum), Type.Tuple([number(maximum), number(maximum)])], {
    description: `${description}; [from, to] draws from the seed`,
    ...(byDefault === undefined ? {} : { default: byDefault }),
  })
export type Range = Static<ReturnType<typeof range>>
const number = (maximum: number) => Type.Number({ minimum: 0, maximum })

const what = Type.String({ minLength: 1, maxLength: 200, description: 'name or SKU of a product, or $thing' })
const place = (description: string) =>
  Type.String({ pattern: '^(\\$[a-z][A-Za-z0-9]*|[A-Za-z0-9._-]{1,64})$', description })
const mark = (description: string) => Type.String({ pattern: '^[a-z][A-Za-z0-9 ]{0,40}$', description })
const count = (byDefault: number) =>
  Type.Integer({ minimum: 1, maximum: 50, default: byDefault, description: 'how many' })

const whenever = {
  at: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 86_400,
      description: 'not before this does the hand start; seconds after opening',
    }),
  ),
  after: Type.Optional(mark('begins once the act with this mark is done')),
  meet: Type.Optional(mark('the hand starts once everybody with this word is in place')),
  pause: Type.Optional(range(600, 'seconds that the hand waits besides')),
  mark: Type.Optional(mark('what others can wait for with `after`')),
  unseen: Type.Optional(Type.Boolean({ description: 'the tracker is silent from shortly before to shortly after it' })),
}
const act = <P extends TProperties>(properties: P) =>
  Type.Object({ ...properties, ...whenever }, { additionalProperties: false })
const from = {
  shelf: Type.Optional(
    place('a shelf, a plate, or the place of a $thing; else where the thing belongs, or the nearest'),
  ),
  standAt: Type.Optional(place('a $thing: they stand before that one')),
}
const end = Type.Optional(Type.Enum(['left', 'right'], { description: 'at which end of the facing' }))

export const ScriptedActSchema = Type.Union(
  [
    act({
      take: what,
      ...from,
      end,
      and: Type.Optional(place('a $thing that the other hand takes in the same second')),
      quantity: count(1),
      how: Type.Enum(['one by one', 'both hands', 'together', 'slowly'], { default: 'one by one', description: 'how' }),
      liftSeconds: Type.Optional(
        range(60, 'how long the package takes to leave the plate; else about 0.1, slowly 2 to 4'),
      ),
      holdSeconds: Type.Optional(range(60, 'how long a hand holds it on the plate before')),
    }),
    act({ putBack: what, to: Type.Optional(place('a plate or the place of a $thing; else where it came from')), end }),
    act({ touch: what, ...from }),
    act({ hold: what, ...from, seconds: range(600, 'how long it is held and then let stand, seconds', 3) }),
    act({ restHand: place('a plate, or the place of a $thing'), seconds: range(600, 'how long, seconds', 2) }),
    act({ lookAt: what, ...from, seconds: range(600, 'how long they stand there, seconds', 3) }),
    act({ handOver: what, to: Type.String({ minLength: 1, maxLength: 64, description: 'name of who gets it' }) }),
    act({ drop: what }),
    act({ eat: what }),
    act({ wait: range(86_400, 'seconds', 1) }),
    act({ browse: range(20, 'stops like those of a shopper who comes of themselves, none of them at a $thing') }),
    act({
      changeLooks: Type.Literal(true, { description: 'another jacket: the tracker takes them for somebody new' }),
    }),
    act({ restock: what, ...from, quantity: count(4) }),
  ],
  {
    description:
      'one of: take, putBack, touch, hold, restHand, lookAt, handOver, drop, eat, wait, browse, changeLooks, restock',
  },
)
export type ScriptedAct = Static<typeof ScriptedActSchema>
