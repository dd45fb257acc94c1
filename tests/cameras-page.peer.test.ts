/** The page on which a camera is calibrated, in a real browser. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type CameraConfig, cameraView } from '../models/geometry/camera.ts'
import { demoStore } from '../simulators/layout/store.ts'
import { expectAccessible, launchBrowser, looks, openPage } from './pages/browser.ts'
import { type MockGateway, startMockGateway } from './pages/mock-gateway.ts'
import { sampleReview } from './pages/sample-review.ts'
import { sampleView } from './pages/sample-view.ts'

const truth: CameraConfig = {
  id: 'cam1',
  kind: 'camera',
  image: [640, 480],
  intrinsics: { fx: 420, fy: 420, cx: 320, cy: 240 },
  position: [0.4, 0.3, 2.7],
  lookAt: [3, 2.6, 0],
  up: [0, 0, 1],
}
/** Crossings of tiles on the floor. */
const places = [1.5, 3, 4.5].flatMap((x) => [1, 2, 3].map((y) => [x, y] as const))
const demo = demoStore({ entry: 'gated', scales: 'plates' })
const guessed = {
  ...truth,
  intrinsics: { fx: 500, fy: 500, cx: 320, cy: 240 },
  position: [0, 0, 3] as [number, number, number],
}
const store = { ...demo, devices: [...demo.devices, guessed] }
const view = sampleView(demo)

let browser: Browser
let gateway: MockGateway
let faults: string[]

beforeAll(async () => {
  browser = await launchBrowser()
  gateway = await startMockGateway(store, view, sampleReview(demo, 'trip-of-t-5', view.time), null, await tiledFloor())
})
afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})
beforeEach(() => {
  faults = []
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  expect(faults, 'errors in the browser').toEqual([])
})

const open = (options: BrowserContextOptions = {}) => openPage(browser, `${gateway.url}/cameras/#cam1`, faults, options)

/** What the camera sees of a floor with tiles of half a metre. */
function tiledFloor(): Promise<Buffer> {
  const { project } = cameraView(truth)
  const tiles = Array.from({ length: 16 * 12 }, (_, i) => [(i % 16) / 2, Math.floor(i / 16) / 2] as const)
  const polygons = tiles.flatMap(([x, y]) => {
    const corners = [
      project([x, y, 0]),
      project([x + 0.5, y, 0]),
      project([x + 0.5, y + 0.5, 0]),
      project([x, y + 0.5, 0]),
    ]
    const points = corners.map((corner) => corner?.pixel.map((value) => value.toFixed(1)).join(','))
    const shade = (x * 2 + y * 2) % 2 === 0 ? '#b9b2a4' : '#8d8678'
    return points.includes(undefined) ? [] : [`<polygon points="${points.join(' ')}" fill="${shade}"/>`]
  })
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480" fill="#566"/>${polygons.join('')}</svg>`
  return sharp(Buffer.from(svg)).jpeg().toBuffer()
}

/** Clicks a place where the camera sees it, and types where it is. */
async function point(page: Page, [x, y]: readonly [number, number], number: number): Promise<void> {
  const still = page.locator('.still')
  const box = await still.boundingBox()
  const seen = cameraView(truth).project([x, y, 0])?.pixel
  if (box === null || seen === undefined) throw new Error('the picture is not there')
  await still.click({ position: { x: (seen[0] * box.width) / 640, y: (seen[1] * box.height) / 480 } })
  await page.getByLabel(`Metres x of point ${number}`).fill(String(x))
  await page.getByLabel(`Metres y of point ${number}`).fill(String(y))
}

async function pointAll(page: Page): Promise<void> {
  await page.getByText(/taken at/).waitFor()
  for (const [i, place] of places.entries()) await point(page, place, i + 1)
}

describe('cameras page', () => {
  test('cameras page shows the picture, says what is missing, then how good it is, and gives what goes into the store file', async () => {
    const page = await open()
    await page.getByText(/taken at/).waitFor()
    for (const [i, place] of places.slice(0, 3).entries()) await point(page, place, i + 1)
    await page.getByText('found 3 points, wanted at least 4').waitFor()
    for (const [i, place] of places.slice(3).entries()) await point(page, place, i + 4)
    const words = await page.locator('.summary').innerText()
    expect(Number(/off by ([\d.]+) cm/.exec(words)?.[1])).toBeLessThan(8)
    const saved = JSON.parse(await page.getByLabel('Camera for the store file').inputValue())
    expect(saved).toMatchObject({ id: 'cam1', kind: 'camera', image: [640, 480], view: 'A'.repeat(512) })
    expect(Math.hypot(...[0, 1, 2].map((i) => saved.position[i] - (truth.position[i] ?? 0)))).toBeLessThan(0.15)
    await page.getByText('The gateway does not change its store file').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download', exact: true }).click(),
    ])
    expect(download.suggestedFilename()).toBe('cam1.json')
  })

  test('cameras page places a point by a click on the plan, moves and removes it by the keyboard', async () => {
    const page = await open()
    await page.getByRole('button', { name: 'Add a point by numbers' }).press('Enter')
    await page.locator('.places').click({ position: { x: 200, y: 150 } })
    await expect.poll(() => page.getByLabel('Metres x of point 1').inputValue()).toMatch(/^-?\d+(\.\d+)?$/)
    const mark = page.getByRole('button', { name: /^Point 1 at pixel 320, 240/ })
    await mark.focus()
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Shift+ArrowDown')
    await page.getByRole('button', { name: /^Point 1 at pixel 319, 250/ }).waitFor()
    await page.getByRole('button', { name: 'Remove point 1' }).press('Enter')
    await expect.poll(() => page.locator('.mark').count()).toBe(0)
  })

  test.each(looks)('cameras page is accessible, %s', async (_name, options) => {
    const page = await open(options)
    await pointAll(page)
    await page.locator('.summary').waitFor()
    await expectAccessible(page)
  })
})
