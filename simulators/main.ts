/** The simulators' commands: `node run.mjs simulators/main.ts <command> --help`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import closeWithGrace from 'close-with-grace'
import { Command, Option } from 'commander'
import { madeUpLabels } from './cameras/goods.ts'
import { type Cameras, usualCameras, withCameras } from './cameras/hang.ts'
import { readPrints } from './cameras/prints.ts'
import { render } from './cameras/render.ts'
import { readMqttSecrets } from './mqtt/secrets-file.ts'
import { cameraCount, framesPerSecond, type Speed, speed, wholeNumber } from './options.ts'
import { record } from './record.ts'
import { live } from './run/live.ts'
import { progressOf } from './run/progress.ts'
import { liveScenario, openScenario, type ScenarioChoice } from './scenario/open.ts'
import { schemaFile, schemaText } from './scenario/schema-file.ts'
import { type Level, levels, openScene, sceneNames } from './scenes/scenes.ts'
import { meanF1 } from './score.ts'
import { scoreFiles } from './scoring/files.ts'
import { besideInWords, reportInWords, scoreInWords } from './scoring/words.ts'
import type { PictureSettings } from './sensors/camera.ts'
import { simulate } from './simulate.ts'
import { type Simulation, standalone } from './simulation.ts'

const program = new Command('simulators').description('A simulated shop: worlds, devices, recordings, scores')

/** A file that is not there is the commonest mistake; the system's own words for it are not ours. */
function inWords(error: unknown): string {
  const { code, path, message } = error as NodeJS.ErrnoException
  return code === 'ENOENT' && path !== undefined ? `${path}: not found` : message
}

function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(resolve(path)), { recursive: true })
  writeFileSync(path, `${JSON.stringify(value, null, 1)}\n`)
}

function withScenario(command: Command): Command {
  return command
    .option('--scenario <file>', 'scenario file in YAML (default: an ordinary day)')
    .option('--store <file>', 'store file (default: the corner shop)')
    .option('--shoppers <n>', 'how many shoppers come', wholeNumber)
    .option('--seed <n>', 'the same seed gives the same day', wholeNumber, 1)
    .addOption(new Option('--entry <kind>', 'whoever walks in, or by a code at the gate').choices(['open', 'gated']))
}

interface CameraOptions {
  readonly tracker: 'simulated' | 'cameras'
  readonly cameras?: number
  readonly fps: number
  readonly pictures?: string
}

function withCameraOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--tracker <kind>', 'who says where people are; with cameras no tracker does, only pictures are sent')
        .choices(['simulated', 'cameras'])
        .default('simulated'),
    )
    .option('--cameras <n>', 'hangs so many cameras in the shop, calibrated, that take pictures', cameraCount)
    .option('--fps <n>', 'pictures a second of each camera', framesPerSecond, 5)
    .option('--pictures <folder>', 'prints packages with pictures of real ones: the Grocery Store Dataset')
}

async function pictureSettings({ fps, pictures, tracker }: CameraOptions): Promise<PictureSettings> {
  const prints = pictures === undefined ? madeUpLabels : await readPrints(pictures)
  return { framesPerSecond: fps, prints, insteadOfTracker: tracker === 'cameras' }
}

/** Undefined where nobody asks for cameras. */
async function camerasOf(options: CameraOptions): Promise<Cameras | undefined> {
  const { cameras, tracker } = options
  if (cameras === undefined && tracker === 'simulated') return undefined
  return { count: cameras ?? usualCameras, pictures: await pictureSettings(options) }
}

interface DayOptions extends ScenarioChoice, CameraOptions {
  readonly seed: number
  readonly scene?: string
  readonly level: Level
}

function withDay(command: Command): Command {
  return withCameraOptions(withScenario(command))
    .requiredOption('--out <folder>', 'where to write')
    .option('--scene <name>', `a scene of the suite in place of a scenario: ${sceneNames().join(', ')}`)
    .addOption(new Option('--level <name>', 'how hard the scene is').choices(levels).default('middle'))
}

interface RecordOptions extends DayOptions {
  readonly out: string
}

async function recordCommand({ out, ...day }: RecordOptions): Promise<void> {
  const started = performance.now()
  const simulation = dayOf(day, await camerasOf(day))
  const progress = progressOf(simulation.visitors, process.stderr)
  const summary = await record({ folder: out, simulation, onProgress: progress.update })
  progress.stop()
  const seconds = (performance.now() - started) / 1000
  const shopSeconds = summary.virtualMs / 1000
  console.log(
    `${out}: ${summary.messages} messages, ${summary.shoppers} bills due, ${summary.events} shelf events in ` +
      `${(shopSeconds / 60).toFixed(1)} min of shop time (${seconds.toFixed(1)} s, ${(shopSeconds / seconds).toFixed(0)}x real time)`,
  )
}

function dayOf({ scene, level, ...choice }: DayOptions, cameras: Cameras | undefined): Simulation {
  if (scene !== undefined) return openScene(scene, level, choice.seed, cameras)
  const { scenario, store } = openScenario(choice)
  const shop = cameras === undefined ? store : withCameras(store, cameras)
  return standalone(shop, scenario, choice.seed, cameras?.pictures).simulation
}

interface RenderOptions extends DayOptions {
  readonly out: string
  readonly from: number
  readonly seconds: number
}

async function renderCommand({ out, from, seconds, ...day }: RenderOptions): Promise<void> {
  const simulation = dayOf(day, { count: day.cameras ?? usualCameras })
  const pictures = await pictureSettings(day)
  const written = await render({ folder: out, simulation, seed: day.seed, pictures, from, seconds })
  console.log(`${out}: ${written} pictures, and truth.jsonl with who is where in them`)
}

interface ScoreOptions {
  readonly truth: readonly string[]
  readonly bills: readonly string[]
  readonly out?: string
}

function scoreCommand({ truth, bills, out }: ScoreOptions): void {
  if (truth.length !== bills.length) {
    throw new Error(`--bills: found ${bills.length} files, wanted ${truth.length}, one for each --truth`)
  }
  const scores = truth.map((folder, i) => scoreFiles(folder, bills[i] ?? ''))
  for (const [i, result] of scores.entries()) console.log(`${truth[i]}\n${scoreInWords(result)}`)
  const mean = meanF1(scores)
  if (scores.length > 1) console.log(`mean F1 of ${scores.length}: ${mean.f1.toFixed(4)}`)
  if (out !== undefined) writeJson(out, { mean, scores })
}

interface SimulateOptions extends ScenarioChoice, CameraOptions {
  readonly seed: number
  readonly speed: Speed
  readonly out?: string
  readonly broker?: string
}

/** Ended by a signal it takes the processes that it started with it: they end with `exit`. */
function exitOnSignal(): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => process.exit(code))
}

async function simulateCommand({ seed, speed: factor, out, broker, ...choice }: SimulateOptions): Promise<void> {
  const { scenario, store } = openScenario({ ...choice, seed })
  const cameras = await camerasOf(choice)
  const shop = cameras === undefined ? store : withCameras(store, cameras)
  exitOnSignal()
  const progress = progressOf(scenario.shoppers.count, process.stderr)
  const speed = factor === 'max' ? null : factor
  const { pictures } = cameras ?? {}
  const report = await simulate({ store: shop, scenario, seed, speed, broker, pictures, onProgress: progress.update })
  progress.stop()
  console.log(reportInWords(report))
  // What is lost by looking at pictures in place of asking a tracker.
  const beside = choice.tracker === 'cameras' ? await simulate({ store, scenario, seed, speed: null }) : null
  if (beside !== null) console.log(besideInWords(beside.score))
  if (out !== undefined) writeJson(out, beside === null ? report : { ...report, simulatedTracker: beside.score })
}

interface LiveOptions extends ScenarioChoice {
  readonly seed: number
  readonly mqtt: string
  readonly secrets?: string
  readonly accounts: string
  readonly token: string
}

async function liveCommand({ seed, mqtt, secrets, accounts: url, token, ...choice }: LiveOptions): Promise<void> {
  const { scenario, store } = openScenario({ ...choice, seed, scenario: choice.scenario ?? liveScenario })
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  closeWithGrace({ delay: 5000 }, async () => {
    stopping.abort()
    await running
  })
  running = live({
    mqtt,
    secrets: secrets === undefined ? undefined : readMqttSecrets(secrets),
    service: { url, token },
    store,
    scenario,
    seed,
    signal: stopping.signal,
    onReady: (made) => console.log(JSON.stringify({ ready: true, accounts: made })),
    onTrouble: (message) => console.error(message),
  })
  await running
}

withDay(program.command('record').description('writes a recording folder with its truth')).action(recordCommand)

withDay(program.command('render').description('writes what the cameras of the shop see, and the truth about it'))
  .option('--from <seconds>', 'begins so long after the opening', wholeNumber, 30)
  .option('--seconds <n>', 'for how long', wholeNumber, 30)
  .action(renderCommand)

program
  .command('score')
  .description('scores bills against the truth; several of each give the mean')
  .requiredOption('--truth <folder...>', 'recording folder, or its truth.json')
  .requiredOption('--bills <file...>', 'bills file of each, in the same order')
  .option('--out <file>', 'writes the scores as JSON')
  .action(scoreCommand)

withCameraOptions(
  withScenario(
    program.command('simulate').description('runs the whole system over MQTT on a virtual clock and scores it'),
  ),
)
  .option('--speed <factor>', '"max", or how many times real time', speed, 'max')
  .option('--out <file>', 'writes the report as JSON')
  .option('--broker <url>', "somebody else's MQTT broker in place of the gateway's own")
  .action(simulateCommand)

program
  .command('schema')
  .description('writes the JSON Schema of scenario files anew')
  .action(() => writeFileSync(schemaFile, schemaText()))

withScenario(program.command('live').description('devices and shoppers without end against a running gateway'))
  .requiredOption('--mqtt <url>', 'the broker')
  .option('--secrets <file>', "what the devices log in with, as the gateway's --simulator-secrets has it")
  .requiredOption('--accounts <url>', 'the account service')
  .addOption(
    new Option('--token <text>', "the store's credential at the account service")
      .env('TILLFREE_STORE_TOKEN')
      .makeOptionMandatory(),
  )
  .action(liveCommand)

program
  .command('store')
  .description('writes the store file of the shop that `live` plays')
  .requiredOption('--out <file>', 'where to write')
  .action(({ out }: { out: string }) => writeJson(out, openScenario({ scenario: liveScenario }).store))

try {
  await program.parseAsync()
} catch (error) {
  console.error(inWords(error))
  process.exitCode = 1
}
