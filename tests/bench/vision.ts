/** `npm run bench:vision -- <video>`: what one look for people costs, stage by stage, beside the bare network in the same run. */
import { Command } from 'commander'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import sharp from 'sharp'
import { type VideoFrame, videoFrames } from '../../devices/camera/video-file.ts'
import { startInference } from '../../edge/inference/inference.ts'
import { openPersonDetector, type StageTimes } from '../../edge/inference/person-detector.ts'
import type { Picture } from '../../edge/inference/picture.ts'
import { inputName } from '../../models/conversion/convert.ts'
import { prepareNetwork } from '../../models/networks/prepare.ts'
import { referenceInput } from '../../models/networks/reference-input.ts'

const program = new Command('bench:vision')
  .description('Measures decoding, resizing, network and boxes for the sampled frames of a video.')
  .argument('<video>', 'a file that ffmpeg can decode')
  .option('--every <n>', 'looks at every n-th frame', Number, 10)
  .parse()
const [video = ''] = program.args
const { every } = program.opts<{ every: number }>()

/** Wall and CPU milliseconds of one piece of work; CPU of all threads of this process. */
interface Spent {
  readonly wallMs: number
  readonly cpuMs: number
}

const frames: VideoFrame[] = []
const decoding = await timed(async () => {
  for await (const frame of videoFrames(video, every)) frames.push(frame)
})
const bare = await bareRun()
const detector = await openPersonDetector()
const inference = startInference()
await inference.look(rgb(frames[0]))

const runs: Spent[] = []
const looks: Record<Picture['kind'], { spent: Spent[]; stages: StageTimes[] }> = {
  rgb: { spent: [], stages: [] },
  jpeg: { spent: [], stages: [] },
}
const decodes: Spent[] = []
const inThread: Spent[] = []
// In turns, so that what else the machine does falls on all alike.
for (const frame of frames) {
  runs.push(await timed(bare))
  const compressed = await jpeg(frame)
  decodes.push(await timed(() => sharp(compressed.bytes).raw().toBuffer()))
  for (const picture of [rgb(frame), compressed])
    looks[picture.kind].spent.push(
      await timed(async () => looks[picture.kind].stages.push((await detector.look(picture)).times)),
    )
  inThread.push(await timed(() => inference.look(rgb(frame))))
}
await inference.stop()

const [first] = frames
const perFrame = decoding.wallMs / frames.length
console.log(`${frames.length} frames of ${first?.width} x ${first?.height}; medians in milliseconds: wall (CPU)`)
console.log(`ffmpeg: ${perFrame.toFixed(1)} for decoding ${every} frames and handing one over`)
console.log(`bare session.run: ${both(runs)}; decoding a JPEG alone: ${both(decodes)}`)
for (const [kind, { spent, stages }] of Object.entries(looks)) {
  const baseline = kind === 'jpeg' ? runs.map((run, index) => sum(run, decodes[index])) : runs
  const [resize, run, boxes] = (['resizeMs', 'runMs', 'boxesMs'] as const).map((stage) =>
    median(stages, stage).toFixed(2),
  )
  console.log(
    `from ${kind}: resize ${resize}, run ${run}, boxes ${boxes}; all ${both(spent)}; ${times(spent, baseline)}`,
  )
}
console.log(`from rgb in a thread of its own: ${both(inThread)}; ${times(inThread, runs)}`)

async function bareRun(): Promise<() => Promise<unknown>> {
  const { manifest, onnx } = await prepareNetwork('person-detection')
  const { width, height } = manifest.input
  const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1 })
  const picture = new Tensor('uint8', referenceInput(width, height), [1, height, width, 3])
  return () => session.run({ [inputName]: picture })
}

function rgb(frame: VideoFrame | undefined): Picture {
  if (frame === undefined) throw new Error(`${video}: found no frame`)
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

async function timed(work: () => Promise<unknown>): Promise<Spent> {
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 }
}

function sum(run: Spent, decode: Spent | undefined): Spent {
  return { wallMs: run.wallMs + (decode?.wallMs ?? 0), cpuMs: run.cpuMs + (decode?.cpuMs ?? 0) }
}

function both(all: readonly Spent[]): string {
  return `${median(all, 'wallMs').toFixed(2)} (${median(all, 'cpuMs').toFixed(2)})`
}

/** `baseline` is the bare run, with what decodes the picture where that is part of it. */
function times(some: readonly Spent[], baseline: readonly Spent[]): string {
  const [wall, cpu] = (['wallMs', 'cpuMs'] as const).map((key) => median(some, key) / median(baseline, key))
  return `${wall?.toFixed(2)} (${cpu?.toFixed(2)}) times the bare run and decoding`
}

function median<Key extends string>(all: readonly Readonly<Record<Key, number>>[], key: Key): number {
  const values = all.map((one) => one[key]).sort((a, b) => a - b)
  return values[Math.floor(values.length / 2)] ?? Number.NaN
}
