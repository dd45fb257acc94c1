/** `npm run evaluate:vision -- --out vision.json`: how good the networks are on the pictures beside the repository. */
import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { productPage } from './product-page.ts'
import { scoreProducts } from './products.ts'

const options = new Command('evaluate:vision')
  .description('Judges the networks on ../shared/data: products on the validation part of grocery-store.')
  .option('--out <file>', 'writes the scores as JSON')
  .parse()
  .opts<{ readonly out?: string }>()

const products = await scoreProducts()
console.log(productPage(products))
if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify({ products }, null, 2)}\n`)
