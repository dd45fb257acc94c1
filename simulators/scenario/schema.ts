/** Scenario files: what happens in the simulated shop and how good its sensors are. Written by people, in YAML. */
import { type Static, type TProperties, Type } from 'typebox'
import { range, ScriptedActSchema } from './act-schema.ts'

/** A mistyped name must not pass for a default, so nothing unknown is let through. */
const group = <P extends TProperties>(properties: P, description: string) =>
  Type.Object(properties, { description, additionalProperties: false, default: {} })
const share = (value: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 1, default: value, description: `${description}; a share from 0 to 1` })
const amount = (value: number, maximum: number, description: string) =>
  Type.Number({ minimum: 0, maximum, default: value, description })
const weight = (value: number, description: string) => amount(value, 1000, `${description}; weight against the others`)
const id = (description: string) => Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$', description })
const second = (description: string) =>
  Type.Number({ minimum: 0, maximum: 86_400, description: `${description}; seconds after opening` })

const thing = Type.String({ pattern: '^[a-z][A-Za-z0-9]*$', description: 'a name under `things`' })

const ThingSchema = Type.Object(
  {
    beside: Type.Optional(Type.String({ description: 'lies right next to this thing' })),
    near: Type.Optional(Type.String({ description: 'lies on the same shelf as this thing, 0.2 to 0.55 m from it' })),
    otherShelf: Type.Optional(Type.String({ description: 'lies on another shelf than this thing' })),
    massLike: Type.Optional(Type.String({ description: 'weighs the same as this thing within 10 g and within 3 %' })),
    heavierThan: Type.Optional(Type.String({ description: 'weighs 1.6 to 2.6 times as much as this thing' })),
    columns: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 5, description: 'fewest packages side by side; else 1' }),
    ),
  },
  { additionalProperties: false },
)

const ShopSchema = group(
  {
    file: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'a store file to simulate, relative to the scenario; else the corner shop',
      }),
    ),
    layout: Type.Enum(['corner', 'drawn'], {
      default: 'corner',
      description: 'the corner shop; or a small shop drawn from the seed: geometry, shelves, products, planogram',
    }),
    entry: Type.Enum(['open', 'gated', 'drawn'], {
      default: 'gated',
      description: 'open: whoever walks in; gated: by a code; drawn: one of them, by the seed',
    }),
    scales: Type.Enum(['plates', 'shelves'], {
      default: 'plates',
      description: 'one scale for each plate of 10 cm, or one for each whole shelf; of the corner shop',
    }),
    facingScales: share(0, 'shelves of a drawn shop that have one scale a facing'),
    shelfScales: share(0, 'shelves of a drawn shop that have one scale in all'),
    planogramErrors: group(
      {
        swapped: Type.Array(Type.Tuple([thing, thing]), {
          default: [],
          maxItems: 10,
          description: "pairs of things that lie in each other's place",
        }),
        missing: Type.Array(thing, {
          default: [],
          maxItems: 10,
          description: 'things that lie in their place, but the planogram does not know it',
        }),
      },
      'where the planogram of the store file is wrong',
    ),
  },
  'the shop',
)

const HabitsSchema = group(
  {
    take: weight(83, 'takes one or more of a product'),
    takeWithBothHands: weight(2, 'takes two at the same moment, one in each hand'),
    takeTogether: weight(1, 'takes two small ones in one grip'),
    takeSlowly: weight(1, 'takes one over two to four seconds'),
    putBack: weight(4, 'takes one, looks at it, puts it back where it was'),
    putElsewhere: weight(2, 'takes one and leaves it on another shelf'),
    touch: weight(5, 'touches and takes nothing'),
    restHand: weight(1, 'leans a hand on the shelf for seconds'),
    handOver: weight(0.5, 'takes one and gives it to their companion; for somebody alone an ordinary pick'),
    eat: weight(0.5, 'takes one and eats it in the shop'),
    drop: weight(0, 'takes one and leaves it on the floor'),
  },
  'what shoppers do at a shelf',
)

const ShoppersSchema = group(
  {
    count: Type.Integer({ minimum: 0, maximum: 10_000, default: 20, description: 'shoppers who come of themselves' }),
    secondsBetween: amount(20, 3600, 'mean seconds between two arrivals'),
    itemsFrom: Type.Integer({ minimum: 0, maximum: 100, default: 1, description: 'fewest shelves that one stops at' }),
    itemsTo: Type.Integer({ minimum: 0, maximum: 100, default: 8, description: 'most shelves that one stops at' }),
    inPairs: share(0.15, 'shoppers who bring a companion; at a gate on the same code'),
    nearOthers: share(0.15, 'stops that are made at the shelf of whoever came before'),
    withBeacon: share(0.4, 'shoppers whose phone sends the beacon of their account'),
    does: HabitsSchema,
  },
  'shoppers who come of themselves',
)

const StaffSchema = group(
  {
    restockEverySeconds: Type.Number({
      minimum: 0,
      maximum: 86_400,
      default: 240,
      description: 'seconds between two visits of staff who fill up a facing; 0 for none',
    }),
    facings: Type.Integer({ minimum: 1, maximum: 50, default: 1, description: 'facings that each visit fills up' }),
    packages: Type.Integer({ minimum: 1, maximum: 50, default: 4, description: 'packages that each of them gets' }),
  },
  'staff who restock during trade',
)

const ScalesSchema = group(
  {
    rateHz: Type.Number({ minimum: 1, maximum: 100, default: 60, description: 'readings a second of each plate' }),
    report: Type.Enum(['readings', 'changes'], {
      default: 'readings',
      description: 'readings: raw/weight; changes: shelves that find changes themselves send event/weight',
    }),
    noiseGrams: amount(0.8, 100, 'typical noise of a plate: median of the SD over one second, grams'),
    noisyFixtures: Type.Array(id('a gondola'), { default: ['g4'], description: 'gondolas with worse plates' }),
    noisyGrams: amount(2.8, 100, 'typical noise of a plate of those, grams'),
    calibrationShare: amount(0.004, 0.1, 'error of a plate: SD as a share of the weight'),
    crosstalkShare: amount(0.008, 0.1, 'how much of a change its neighbours show, on average, as a share of it'),
    driftGramsPerMinute: amount(0.3, 100, 'SD of the wander of the zero over a minute, grams'),
    spikesPerCellHour: amount(0.2, 3600, 'garbage readings an hour of each plate'),
    nullsPerCellHour: amount(1, 3600, 'missing readings an hour of each plate'),
  },
  'the scales; as measured in a real shop when left out',
)

const TrackerSchema = group(
  {
    noiseMetres: amount(0.025, 1, 'SD of a joint on each axis, metres'),
    wristNoiseMetres: amount(0.035, 1, 'SD of a wrist on each axis, metres'),
    lagSeconds: amount(2.3, 20, 'how late its messages arrive, seconds'),
    lossesPerMinute: amount(0.5, 60, 'how often somebody is lost from sight, a minute; three times that in a crowd'),
    newIdShare: share(0.3, 'times that somebody who was lost comes back under another id'),
    switchesPerMinute: amount(
      0.15,
      60,
      'ids exchanged between two people within 0.6 m, a minute; ten times that while one is hidden',
    ),
    silencesPerHour: amount(2, 3600, 'times an hour that nothing comes for half a second to three seconds'),
    hiddenWristShare: share(0.25, 'frames without the wrist that is inside a shelf'),
  },
  'the tracker of people; as measured in a real shop when left out',
)

const BeaconsSchema = group(
  {
    powerDbm: Type.Number({ minimum: -120, maximum: 0, default: -61.9, description: 'received power at 1 m, dBm' }),
    exponent: amount(1.4, 6, 'path loss exponent'),
    sigmaDb: amount(6.25, 30, 'SD of the received power, dB'),
    packetsPerSecond: amount(1.9, 50, 'packets a second that a receiver hears of each phone'),
  },
  'Bluetooth; as measured when left out',
)

const NetworkSchema = group(
  {
    lossShare: share(0.001, 'QoS 0 messages that never come'),
    duplicateShare: share(0.002, 'messages that come twice'),
    lateShare: share(0.003, 'messages that come late and so out of order'),
    lateSeconds: amount(3, 60, 'how late at most, seconds'),
    clockErrorMs: amount(25, 3_600_000, 'SD of the device clocks, milliseconds'),
  },
  'the network between devices and gateway',
)

const FaultsSchema = group(
  {
    rebootsPerDeviceHour: amount(0, 60, 'restarts an hour of each device'),
    outages: Type.Array(
      Type.Object(
        { device: id('the device'), at: second('begin'), seconds: amount(30, 86_400, 'how long it is dead, seconds') },
        { additionalProperties: false },
      ),
      { default: [], description: 'devices that go dead for a while and then start anew', maxItems: 1000 },
    ),
    deadCells: Type.Array(
      Type.Object({ cell: id('the plate'), at: second('since when') }, { additionalProperties: false }),
      { default: [], description: 'plates that give no readings any more', maxItems: 10_000 },
    ),
    clockAheadMs: Type.Record(Type.String(), Type.Number({ minimum: -8.64e7, maximum: 8.64e7 }), {
      default: {},
      description: 'by device: how far its clock is ahead, milliseconds, besides the ordinary error',
    }),
  },
  'things that break',
)

const PersonSchema = Type.Object(
  {
    name: Type.String({ pattern: '^[A-Za-z0-9._-]{1,40}$', description: 'name, used once' }),
    arrives: range(86_400, 'when they come to the door; seconds after opening'),
    staff: Type.Boolean({ default: false, description: 'works here and owes nothing' }),
    with: Type.Optional(Type.String({ description: 'name of whose code they come in on; the bill is theirs' })),
    beacon: Type.Boolean({ default: false, description: 'their phone sends the beacon of their account' }),
    does: Type.Array(ScriptedActSchema, { default: [], maxItems: 1000, description: 'in this order' }),
    owes: Type.Record(Type.String(), Type.Integer({ minimum: 0, maximum: 1000 }), {
      default: {},
      description:
        'how many of each of the things they owe in the end, 0 when left out; tests hold the simulator to it',
    }),
  },
  { additionalProperties: false },
)

export const ScenarioSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, description: 'what this is' }),
    opens: Type.String({
      pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$',
      default: '2026-03-02T08:00:00Z',
      description: 'virtual time at which it begins, UTC',
    }),
    shop: ShopSchema,
    things: Type.Record(Type.String({ pattern: '^[a-z][A-Za-z0-9]*$' }), ThingSchema, {
      default: {},
      description: 'products at their places, drawn from the seed, for acts to name as $name; each once, in this order',
    }),
    shoppers: ShoppersSchema,
    staff: StaffSchema,
    people: Type.Array(PersonSchema, {
      default: [],
      maxItems: 1000,
      description: 'people whose acts are written down',
    }),
    scales: ScalesSchema,
    tracker: TrackerSchema,
    beacons: BeaconsSchema,
    network: NetworkSchema,
    faults: FaultsSchema,
  },
  {
    $id: 'tillfree.scenario/1',
    title: 'Scenario',
    description: 'What happens in a simulated shop. Only the name is required: what is left out is an ordinary day.',
    additionalProperties: false,
  },
)
export type Scenario = Static<typeof ScenarioSchema>
export type ScaleOptions = Scenario['scales']
export type TrackerOptions = Scenario['tracker']
export type BeaconOptions = Scenario['beacons']
export type NetworkOptions = Scenario['network']
export type FaultOptions = Scenario['faults']
export type ThingOptions = Static<typeof ThingSchema>
export type Habit = keyof Scenario['shoppers']['does']
