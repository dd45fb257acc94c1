/** `npm run calibrate -- --store store.json --camera cam1 --points points.json --out store.json` */
import { readFileSync, writeFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { viewText } from '../../devices/camera/view.ts'
import { parseStoreText } from '../../models/contracts/store.ts'
import { describeFault } from '../../models/contracts/validate.ts'
import { calibrate } from '../../models/geometry/calibration/calibrate.ts'
import { viewOfPicture } from '../cameras/picture-views.ts'
import { calibrationWords, cameraIn, withCalibration } from './calibrate.ts'
import { parsePoints } from './points-file.ts'

interface Options {
  readonly store: string
  readonly camera: string
  readonly points: string
  readonly height?: number
  readonly still?: string
  readonly out?: string
}

const options = new Command('calibrate')
  .description('Finds where a camera hangs and how it looks from points clicked in its picture.')
  .requiredOption('--store <file>', 'the store file')
  .requiredOption('--camera <id>', 'a camera of it')
  .requiredOption(
    '--points <file>',
    'JSON: [ { "pixel": [x, y], "place": [x, y] } ], metres; on the floor unless a third is given',
  )
  .option('--height <metres>', 'how high the camera hangs, where somebody measured it', metres)
  .option('--still <jpeg>', 'a picture of now without people: the gateway says when the camera no longer sees that')
  .option('--out <file>', 'where to write the store file with the camera as found; else its fields are printed')
  .parse()
  .opts<Options>()

try {
  await run(options)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 2
}

async function run({ store: storeFile, camera: id, points: pointsFile, height, still, out }: Options): Promise<void> {
  const parsed = parseStoreText(textOf(storeFile))
  if (!parsed.ok)
    throw new Error(`${storeFile} is not a good store file:\n${parsed.faults.map(describeFault).join('\n')}`)
  const points = about(pointsFile, () => parsePoints(textOf(pointsFile)))
  const { image } = cameraIn(parsed.value, id)
  const result = calibrate({ image, points, ...(height === undefined ? {} : { heightMetres: height }) })
  if (!result.ok) throw new Error(`${pointsFile}: ${result.why}`)
  const view = still === undefined ? null : await viewIn(still)
  const calibrated = withCalibration(parsed.value, id, result.fields, view)
  console.log(calibrationWords(points, result))
  if (out === undefined) console.log(JSON.stringify(cameraIn(calibrated, id), null, 2))
  else {
    about(out, () => writeFileSync(out, `${JSON.stringify(calibrated, null, 2)}\n`))
    console.log(`Written to ${out}.`)
  }
}

async function viewIn(file: string): Promise<string> {
  const view = await viewOfPicture({ kind: 'jpeg', bytes: about(file, () => readFileSync(file)) })
  if (view === null) throw new Error(`${file}: found no picture with edges in it, wanted a JPEG of the lit shop`)
  return viewText(view)
}

function textOf(file: string): string {
  return about(file, () => readFileSync(file, 'utf8'))
}

/** With the name of the file before what is wrong with it. */
function about<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { message } = error as Error
    throw new Error(message.includes(file) ? message : `${file}: ${message}`)
  }
}

function metres(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value > 0 && value < 100) return value
  throw new InvalidArgumentError(`found "${text}", wanted metres, such as 2.8`)
}
