/** The AsyncAPI 3 document of the topics, from the schemas that messages are checked with. */
import { type TSchema, Type } from 'typebox'
import { CommandAnswerSchema, CommandSchema, ProgressSchema, SimulatedTimeSchema } from './commands.ts'
import { channelSchemas, envelopeFields, type JsonChannel, StatusSchema } from './messages.ts'
import { isRetained, qosOf } from './topics.ts'
import { idPattern } from './units.ts'

interface Topic {
  /** Name in the document, and of its operation. */
  readonly name: string
  /** Below `tillfree/1/{store}/`. */
  readonly address: string
  /** As the gateway sees it. */
  readonly action: 'send' | 'receive'
  readonly qos: 0 | 1
  readonly retain: boolean
  readonly summary: string
  readonly payload: TSchema
  readonly contentType?: string
}

const summaries: Readonly<Record<JsonChannel, string>> = {
  meta: 'What the device is',
  tele: 'How the device is',
  'raw/weight': 'Readings of scale plates; not zeroed, only changes mean anything',
  'event/weight': 'A change that a shelf found by itself',
  'event/product': 'What a thing looks like that was moved at a shelf',
  'raw/targets': 'Everybody that a tracker sees at one time',
  'event/adv': 'Bluetooth advertisements that a receiver heard',
  'event/scan': 'A code read by a gate, a locker or a desk',
  'event/passage': 'Somebody went through a gate',
}

function deviceTopic(channel: string, rest: Pick<Topic, 'summary' | 'payload' | 'contentType'>): Topic {
  const name = channel.replace(/\/(.)/g, (_all, letter: string) => letter.toUpperCase())
  const address = `dev/{device}/${channel}`
  return { name, address, action: 'receive', qos: qosOf(channel), retain: isRetained(channel), ...rest }
}

const jsonChannels = Object.entries(channelSchemas) as [JsonChannel, TSchema][]

const topics: readonly Topic[] = [
  deviceTopic('status', {
    summary: 'Whether the device is connected; `offline` is its last will',
    payload: StatusSchema,
    contentType: 'text/plain',
  }),
  ...jsonChannels.map(([channel, data]) =>
    deviceTopic(channel, { summary: summaries[channel], payload: Type.Object({ ...envelopeFields, data }) }),
  ),
  deviceTopic('raw/frame', {
    summary: 'A picture; its time is EXIF DateTimeOriginal and SubSecTimeOriginal in UTC, otherwise its arrival',
    payload: Type.String({ format: 'binary' }),
    contentType: 'image/jpeg',
  }),
  {
    ...deviceTopic('cmd/open', { summary: 'Let one in; void after expiresAt', payload: CommandSchema }),
    action: 'send',
  },
  deviceTopic('res/open', { summary: 'What became of the command', payload: CommandAnswerSchema }),
  {
    name: 'simTime',
    address: 'sim/time',
    action: 'receive',
    qos: 1,
    retain: false,
    summary: 'A simulator sets the clock (only with --clock simulated)',
    payload: SimulatedTimeSchema,
  },
  {
    name: 'gwProgress',
    address: 'gw/progress',
    action: 'send',
    qos: 1,
    retain: false,
    summary: 'The gateway has taken the step; retained at its start alone',
    payload: ProgressSchema,
  },
]

const idParameter = (description: string) => ({ description: `${description}; matches ${idPattern}` })

/** The same document each time; JSON values only. */
export function asyncApiDocument(): Record<string, unknown> {
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Tillfree devices',
      version: '1',
      description:
        'What devices of a store say over MQTT 3.1.1 and what the gateway asks of them. A device publishes below its own {device} only. Messages may come late, twice, out of order or never.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(topics.map((topic) => [topic.name, channelOf(topic)])),
    operations: Object.fromEntries(topics.map((topic) => [operationName(topic), operationOf(topic)])),
    components: {
      messages: Object.fromEntries(topics.map((topic) => [topic.name, messageOf(topic)])),
      parameters: { store: idParameter('id of the store'), device: idParameter('id of the device') },
    },
  }
  return JSON.parse(JSON.stringify(document)) as Record<string, unknown>
}

function channelOf({ name, address, summary }: Topic) {
  const parameters = ['store', 'device'].filter(
    (parameter) => parameter === 'store' || address.includes(`{${parameter}}`),
  )
  return {
    address: `tillfree/1/{store}/${address}`,
    summary,
    parameters: Object.fromEntries(parameters.map((each) => [each, { $ref: `#/components/parameters/${each}` }])),
    messages: { [name]: { $ref: `#/components/messages/${name}` } },
  }
}

function operationName({ name, action }: Topic): string {
  return `${action}${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

function operationOf({ name, action, qos, retain, summary }: Topic) {
  return {
    action,
    channel: { $ref: `#/channels/${name}` },
    summary,
    messages: [{ $ref: `#/channels/${name}/messages/${name}` }],
    bindings: { mqtt: { qos, retain, bindingVersion: '0.2.0' } },
  }
}

function messageOf({ name, summary, payload, contentType = 'application/json' }: Topic) {
  return { name, title: summary, contentType, payload }
}
