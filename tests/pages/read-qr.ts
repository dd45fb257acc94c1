/** What a gate's reader would read off a screen. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Locator } from 'playwright-core'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

const wasm = fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'))

/** The one QR code in the picture of an element. Throws when there is none, or another kind. */
export async function readQr(shown: Locator): Promise<string> {
  const bytes = readFileSync(wasm)
  await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(bytes).buffer }, fireImmediately: true })
  const picture = await shown.screenshot()
  const found = await readBarcodes(new Uint8Array(picture), { formats: ['QRCode'] })
  const [code, ...others] = found
  if (code === undefined || others.length > 0) throw new Error(`found ${found.length} QR codes, wanted one`)
  return code.text
}
