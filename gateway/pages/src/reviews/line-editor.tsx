import { useState } from 'preact/hooks'
import type { Names } from '../words.ts'
import type { Lines, Sold } from './case-words.ts'

interface Props {
  readonly lines: Lines
  readonly sold: readonly Sold[]
  readonly names: Names
  readonly onEdit: (lines: Lines) => void
}

/** As the contract of a decision says. */
const mostPieces = 100

/** The lines of the bill: more, fewer, others. */
export function LineEditor({ lines, sold, names, onEdit }: Props) {
  const set = (sku: string, quantity: number) =>
    onEdit(lines.flatMap((line) => (line.sku !== sku ? [line] : quantity > 0 ? [{ sku, quantity }] : [])))
  const add = (sku: string) => {
    const known = lines.find((line) => line.sku === sku)
    if (known === undefined) onEdit([...lines, { sku, quantity: 1 }])
    else set(sku, Math.min(mostPieces, known.quantity + 1))
  }
  return (
    <section class="editor" aria-labelledby="bill">
      <h3 id="bill">The bill</h3>
      {lines.length === 0 && <p class="quiet">Nothing is charged.</p>}
      <ul>
        {lines.map(({ sku, quantity }) => (
          <li key={sku}>
            <span>{names.product(sku)}</span>
            <span class="stepper">
              <button
                type="button"
                aria-label={`One ${names.product(sku)} less`}
                onClick={() => set(sku, quantity - 1)}
              >
                −
              </button>
              <output aria-label={`${names.product(sku)}: pieces`}>{quantity}</output>
              <button
                type="button"
                aria-label={`One ${names.product(sku)} more`}
                disabled={quantity >= mostPieces}
                onClick={() => set(sku, quantity + 1)}
              >
                +
              </button>
            </span>
          </li>
        ))}
      </ul>
      <AddProduct sold={sold} onAdd={add} />
    </section>
  )
}

function AddProduct({ sold, onAdd }: { readonly sold: readonly Sold[]; readonly onAdd: (sku: string) => void }) {
  const [text, setText] = useState('')
  const take = (typed: string) => {
    setText(typed)
    const product = sold.find(({ name, sku }) => name === typed || sku === typed)
    if (product === undefined) return
    onAdd(product.sku)
    setText('')
  }
  return (
    <label class="add">
      Add a product
      <input
        type="text"
        list="products"
        autocomplete="off"
        placeholder="Name or number"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onChange={(event) => take(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          take(event.currentTarget.value)
        }}
      />
      <datalist id="products">
        {sold.map(({ sku, name }) => (
          <option key={sku} value={name} />
        ))}
      </datalist>
    </label>
  )
}
