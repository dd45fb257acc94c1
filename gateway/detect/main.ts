/** `npm run detect -- <video> --every 10 --out persons.jsonl` */
import { closeSync, openSync, writeSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { VideoError } from '../../devices/camera/video-file.ts'
import { startInference } from '../../edge/inference/inference.ts'
import { DetectError, detect } from './detect.ts'

const program = new Command('detect')
  .description('Looks for people in a video, at the threshold that a store runs with, and writes a line a frame.')
  .argument('<video>', 'a file that ffmpeg can decode')
  .option('--every <n>', 'looks at every n-th frame', wholeNumberFrom1, 10)
  .requiredOption('--out <file>', 'where to write the lines: frame, timeMs, persons with box and score')
program.parse()
const [video = ''] = program.args
const { every, out } = program.opts<{ every: number; out: string }>()

const inference = startInference()
try {
  const file = open(out)
  let frames = 0
  let withPersons = 0
  for await (const found of detect(video, every, inference)) {
    writeSync(file, `${JSON.stringify(found)}\n`)
    frames += 1
    withPersons += found.persons.length > 0 ? 1 : 0
  }
  closeSync(file)
  console.log(`${frames} frames, ${withPersons} of them with people. Written to ${out}`)
} catch (error) {
  if (!(error instanceof VideoError || error instanceof DetectError)) throw error
  console.error(error.message)
  process.exitCode = 2
} finally {
  await inference.stop()
}

function open(path: string): number {
  try {
    return openSync(path, 'w')
  } catch (error) {
    throw new DetectError(`--out ${path}: ${(error as Error).message}`)
  }
}

function wholeNumberFrom1(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError(`found "${text}", wanted a whole number from 1`)
}
