/** `npm run bench:vision -- <video>`: what a store does with a picture, stage by stage, beside the bare networks in the same run. */
import { Command } from 'commander'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import sharp from 'sharp'
import { type VideoFrame, videoFrames } from '../../devices/camera/video-file.ts'
import { startInference } from '../../edge/inference/inference.ts'
import type { Picture } from '../../edge/inference/picture.ts'
import { inputName } from '../../models/conversion/convert.ts'
import type { NetworkName } from '../../models/networks/manifest.ts'
import { prepareNetwork } from '../../models/networks/prepare.ts'
import { referenceInput } from '../../models/networks/reference-input.ts'
import { median, pairedRatio, type Spent, timed } from './spent.ts'
import { type Step, visionStep } from './vision-step.ts'

/**
 * So many frames are measured at once: what a thread has used shows some milliseconds later, when it is no longer told which
 * step it was of.
 */
const block = 10
/** The frames before the first one are of an hour before. */
const warmUpMs = 3_600_000

interface Sample extends VideoFrame {
  readonly jpeg: Uint8Array
}

interface Run {
  readonly kind: Picture['kind']
  readonly what: string
  readonly step: ReturnType<typeof visionStep>
  readonly steps: Step[]
  readonly spent: Spent[]
  /** Of the same networks, run as often, and of decoding the JPEG, in the same turn. */
  readonly bare: Spent[]
}

const program = new Command('bench:vision')
  .description('Measures decoding, resizing, networks, tracks and messages for the sampled frames of a video.')
  .argument('<video>', 'a file that ffmpeg can decode')
  .option('--every <n>', 'looks at every n-th frame', Number, 10)
  .parse()
const [video = ''] = program.args
const { every } = program.opts<{ every: number }>()

const stageKeys = ['decodeMs', 'cueMs', 'threadMs', 'resizeMs', 'runMs', 'boxesMs', 'posesMs', 'tracksMs'] as const
const frames: Sample[] = []
for await (const frame of videoFrames(video, every)) frames.push({ ...frame, jpeg: await jpegOf(frame) })
const [first] = frames
if (first === undefined) throw new Error(`${video}: found no frame`)
const detector = await bareRun('person-detection')
const pose = await bareRun('pose-landmarks-full')
const inference = startInference()
/** Poses nowhere; and everywhere, as where the shelf is all around. */
const places = {
  'nobody near a shelf': new Map(),
  'the pose of everybody': new Map(
    Array.from({ length: 121 }, (_, at) => [`${at}`, [(at % 11) - 5, Math.floor(at / 11), 1]] as const),
  ),
}
const runs = (['rgb', 'jpeg'] as const).flatMap((kind) =>
  Object.entries(places).map(([what, plates]): Run => {
    const step = visionStep(inference, plates, [first.width, first.height])
    return { kind, what, step, steps: [], spent: [], bare: [] }
  }),
)
// As a store runs for days: what is compiled on the way is no part of it.
for (const frame of frames.slice(0, 3 * block))
  for (const { step, kind } of runs) await step(pictureOf(frame, kind), frame.timeMs - warmUpMs)
// In turns, so that what else the machine does falls on all alike.
for (let from = 0; from + block <= frames.length; from += block)
  for (const run of runs) await takeTurn(run, frames.slice(from, from + block))
await inference.stop()

console.log(`${frames.length} frames of ${first.width} x ${first.height}; milliseconds a frame, medians`)
console.log(
  '| picture | wall: decode | cue | thread | resize | network | boxes | poses | tracks | whole step | bare runs and decoding | times | CPU: whole step | bare | times |',
)
console.log(`|${'---|'.repeat(15)}`)
for (const { kind, what, steps, spent, bare } of runs) {
  const stages = stageKeys.map((key) => median(steps, key).toFixed(2))
  const whole = (['wallMs', 'cpuMs'] as const).flatMap((key) => [
    (median(spent, key) / block).toFixed(1),
    (median(bare, key) / block).toFixed(1),
    pairedRatio(spent, bare, key).toFixed(2),
  ])
  console.log(`| ${kind}, ${what} | ${[...stages, ...whole].join(' | ')} |`)
}
for (const { kind, what, spent, steps } of runs) {
  const posesAFrame = steps.reduce((sum, { poseRuns }) => sum + poseRuns, 0) / steps.length
  const perSecond = (1000 * block) / median(spent, 'cpuMs')
  console.log(
    `one core, ${kind}, ${what} (${posesAFrame.toFixed(2)} poses a frame): ${perSecond.toFixed(0)} steps a second: ${Math.floor(perSecond / 10)} cameras at 10, ${Math.floor(perSecond / 5)} at 5 or ${Math.floor(perSecond)} at 1 frame a second`,
  )
}

/** A block of whole steps, and then the same networks and decoding alone. */
async function takeTurn({ kind, step, ...run }: Run, some: readonly Sample[]): Promise<void> {
  const steps: Step[] = []
  const whole = async () => {
    for (const frame of some) steps.push(await step(pictureOf(frame, kind), frame.timeMs))
  }
  const alone = async () => {
    for (const [at, { jpeg }] of some.entries()) {
      if (kind === 'jpeg') await sharp(jpeg).raw().toBuffer()
      await detector()
      for (let poses = steps[at]?.poseRuns ?? 0; poses > 0; poses -= 1) await pose()
    }
  }
  run.spent.push(await timed(whole))
  run.bare.push(await timed(alone))
  run.steps.push(...steps)
}

async function bareRun(name: NetworkName): Promise<() => Promise<unknown>> {
  const { manifest, onnx } = await prepareNetwork(name)
  const { width, height } = manifest.input
  const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1 })
  const picture = new Tensor('uint8', referenceInput(width, height), [1, height, width, 3])
  return () => session.run({ [inputName]: picture })
}

/** A new one each time, since a picture is decoded once. */
function pictureOf({ rgb, jpeg, width, height }: Sample, kind: Picture['kind']): Picture {
  return kind === 'rgb' ? { kind, bytes: rgb, width, height } : { kind, bytes: jpeg }
}

async function jpegOf({ rgb, width, height }: VideoFrame): Promise<Uint8Array> {
  return await sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer()
}
