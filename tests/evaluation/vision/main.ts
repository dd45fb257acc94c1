/** `npm run evaluate:vision -- --out vision.json`: how good networks and tracks are on the pictures beside the repository. */
import { writeFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { scoreCrossings } from './crossings.ts'
import { personPage } from './person-page.ts'
import { scorePersons } from './persons.ts'
import { productPage } from './product-page.ts'
import { lookAtVal, scoreProducts } from './products.ts'
import { receiptPage } from './receipt-page.ts'
import { scoreReceipts } from './receipts.ts'

/** Of each scene: enough that one more wrong receipt is less than a point. */
const recordings = 30

const { only, out } = new Command('evaluate:vision')
  .description(
    'Judges networks and tracks on ../shared/data: people on person-video, products on val of grocery-store.',
  )
  .addOption(new Option('--only <part>', 'one of the two').choices(['people', 'products']))
  .option('--out <file>', 'writes the scores as JSON')
  .parse()
  .opts<{ readonly only?: 'people' | 'products'; readonly out?: string }>()

const people = only === 'products' ? {} : await judgePeople()
const things = only === 'people' ? {} : await judgeProducts()
if (out !== undefined) writeFileSync(out, `${JSON.stringify({ ...people, ...things }, null, 2)}\n`)

async function judgePeople() {
  const persons = await scorePersons()
  const crossings = scoreCrossings()
  console.log(personPage(persons, crossings))
  return { persons, crossings }
}

async function judgeProducts() {
  const val = await lookAtVal()
  const products = await scoreProducts(val)
  console.log(productPage(products))
  const receipts = await scoreReceipts(val.answers, recordings)
  console.log(receiptPage(receipts))
  return { products, receipts }
}
