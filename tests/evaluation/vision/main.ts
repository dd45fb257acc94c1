/** `npm run evaluate:vision -- --out vision.json`: how good the networks are on the pictures beside the repository. */
import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { productPage } from './product-page.ts'
import { lookAtVal, scoreProducts } from './products.ts'
import { receiptPage } from './receipt-page.ts'
import { scoreReceipts } from './receipts.ts'

/** Of each scene: enough that one more wrong receipt is less than a point. */
const recordings = 30

const options = new Command('evaluate:vision')
  .description('Judges the networks on ../shared/data: products on the validation part of grocery-store.')
  .option('--out <file>', 'writes the scores as JSON')
  .parse()
  .opts<{ readonly out?: string }>()

const val = await lookAtVal()
const products = await scoreProducts(val)
console.log(productPage(products))
const receipts = await scoreReceipts(val.answers, recordings)
console.log(receiptPage(receipts))
if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify({ products, receipts }, null, 2)}\n`)
