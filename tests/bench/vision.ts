/** `npm run bench:vision -- <video>`: what one look costs, stage by stage, beside the bare networks in the same run. */
import { Command } from 'commander'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import sharp from 'sharp'
import { type VideoFrame, videoFrames } from '../../devices/camera/video-file.ts'
import { startInference } from '../../edge/inference/inference.ts'
import { openPersonDetector, type StageTimes } from '../../edge/inference/person-detector.ts'
import type { Picture } from '../../edge/inference/picture.ts'
import { inputName } from '../../models/conversion/convert.ts'
import type { NetworkName } from '../../models/networks/manifest.ts'
import { prepareNetwork } from '../../models/networks/prepare.ts'
import { referenceInput } from '../../models/networks/reference-input.ts'
import { both, median, type Spent, sum, timed, times } from './spent.ts'
import { type Step, visionStep } from './vision-step.ts'

const program = new Command('bench:vision')
  .description('Measures decoding, resizing, networks, tracks and messages for the sampled frames of a video.')
  .argument('<video>', 'a file that ffmpeg can decode')
  .option('--every <n>', 'looks at every n-th frame', Number, 10)
  .parse()
const [video = ''] = program.args
const { every } = program.opts<{ every: number }>()

const frames: VideoFrame[] = []
const decoding = await timed(async () => {
  for await (const frame of videoFrames(video, every)) frames.push(frame)
})
const [first] = frames
if (first === undefined) throw new Error(`${video}: found no frame`)
const bareDetector = await bareRun('person-detection')
const barePose = await bareRun('pose-landmarks-full')
const detector = await openPersonDetector()
const inference = startInference()
const whole: readonly [number, number, number, number] = [0, 0, first.width, first.height]
await inference.look(rgb(first))
await inference.poses(rgb(first), [whole])

const [runs, decodes] = [[] as Spent[], [] as Spent[]]
const looks: Record<Picture['kind'], { spent: Spent[]; stages: StageTimes[] }> = {
  rgb: { spent: [], stages: [] },
  jpeg: { spent: [], stages: [] },
}
/** Poses nowhere; and everywhere, as where the shelf is all around. */
const everywhere = new Map(
  Array.from({ length: 121 }, (_, at) => [`${at}`, [(at % 11) - 5, Math.floor(at / 11), 1]] as const),
)
const size = [first.width, first.height] as const
const kinds = { aisle: visionStep(inference, new Map(), size), shelf: visionStep(inference, everywhere, size) }
/**
 * So many frames are measured at once: what a thread has used shows some milliseconds later, when it is no longer told which
 * step it was of.
 */
const block = 10
/** The frames before the first one are of an hour before. */
const warmUpMs = 3_600_000
const bare = { detector: [] as Spent[], both: [] as Spent[] }
const steps = { aisle: [] as Step[], shelf: [] as Step[] }
const blocks = { aisle: [] as Spent[], shelf: [] as Spent[] }
// As a store runs for days: what is compiled on the way is no part of it.
for (const frame of frames.slice(0, 3 * block))
  for (const kind of ['aisle', 'shelf'] as const) await kinds[kind](rgb(frame), frame.timeMs - warmUpMs)
// In turns, so that what else the machine does falls on all alike.
for (let from = 0; from + block <= frames.length; from += block) {
  const some = frames.slice(from, from + block)
  bare.detector.push(await timed(() => inTurn(some, bareDetector)))
  bare.both.push(await timed(() => inTurn(some, async () => [await bareDetector(), await barePose()])))
  for (const kind of ['aisle', 'shelf'] as const)
    blocks[kind].push(
      await timed(() => inTurn(some, async (frame) => steps[kind].push(await kinds[kind](rgb(frame), frame.timeMs)))),
    )
}
for (const frame of frames) {
  const compressed = await jpeg(frame)
  runs.push(await timed(bareDetector))
  decodes.push(await timed(() => sharp(compressed.bytes).raw().toBuffer()))
  for (const picture of [rgb(frame), compressed])
    looks[picture.kind].spent.push(
      await timed(async () => looks[picture.kind].stages.push((await detector.look(picture)).times)),
    )
}
await inference.stop()

console.log(`${frames.length} frames of ${first.width} x ${first.height}; medians in milliseconds: wall (CPU)`)
console.log(`ffmpeg: ${(decoding.wallMs / frames.length).toFixed(1)} for decoding ${every} frames and handing one over`)
console.log(
  `bare session.run: detector ${perFrame(bare.detector)}, with the pose after it ${perFrame(bare.both)}; decoding a JPEG alone: ${both(decodes)}`,
)
for (const [kind, { spent, stages }] of Object.entries(looks)) {
  const baseline = kind === 'jpeg' ? runs.map((run, index) => sum(run, decodes[index])) : runs
  const [resize, run, boxes] = (['resizeMs', 'runMs', 'boxesMs'] as const).map((stage) =>
    median(stages, stage).toFixed(2),
  )
  console.log(
    `people from ${kind}: resize ${resize}, run ${run}, boxes ${boxes}; all ${both(spent)}; ${times(spent, baseline)}`,
  )
}
tellSteps('with nobody near a shelf', 'aisle')
tellSteps('with the pose of everybody', 'shelf')

/** A whole step in a store: cue, people and poses in a thread of their own, tracks, message. */
function tellSteps(what: string, kind: keyof typeof steps): void {
  const posesAFrame = steps[kind].reduce((sum, { poseRuns }) => sum + poseRuns, 0) / steps[kind].length
  const stages = (['cueMs', 'peopleMs', 'posesMs', 'tracksMs'] as const).map(
    (stage) => `${stage.slice(0, -2)} ${median(steps[kind], stage).toFixed(2)}`,
  )
  const [wall, cpu] = (['wallMs', 'cpuMs'] as const).map(
    (key) =>
      median(blocks[kind], key) /
      ((1 - posesAFrame) * median(bare.detector, key) + posesAFrame * median(bare.both, key)),
  )
  console.log(`whole step ${what} (${posesAFrame.toFixed(2)} poses a frame): ${stages.join(', ')}`)
  console.log(`  all ${perFrame(blocks[kind])}; ${wall?.toFixed(2)} (${cpu?.toFixed(2)}) times the bare runs`)
  const perSecond = (1000 * block) / median(blocks[kind], 'cpuMs')
  console.log(
    `  one core: ${perSecond.toFixed(0)} steps a second: ${Math.floor(perSecond / 10)} cameras at 10, ${Math.floor(perSecond / 5)} at 5 or ${Math.floor(perSecond)} at 1 frame a second`,
  )
}

/** Medians of the blocks: wall (CPU). */
function perFrame(all: readonly Spent[]): string {
  return `${(median(all, 'wallMs') / block).toFixed(2)} (${(median(all, 'cpuMs') / block).toFixed(2)})`
}

async function inTurn(some: readonly VideoFrame[], work: (frame: VideoFrame) => Promise<unknown>): Promise<void> {
  for (const frame of some) await work(frame)
}

async function bareRun(name: NetworkName): Promise<() => Promise<unknown>> {
  const { manifest, onnx } = await prepareNetwork(name)
  const { width, height } = manifest.input
  const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1 })
  const picture = new Tensor('uint8', referenceInput(width, height), [1, height, width, 3])
  return () => session.run({ [inputName]: picture })
}

function rgb(frame: VideoFrame): Picture {
  return { kind: 'rgb', bytes: frame.rgb, width: frame.width, height: frame.height }
}

async function jpeg({ rgb, width, height }: VideoFrame): Promise<Picture> {
  return {
    kind: 'jpeg',
    bytes: await sharp(rgb, { raw: { width, height, channels: 3 } })
      .jpeg()
      .toBuffer(),
  }
}
