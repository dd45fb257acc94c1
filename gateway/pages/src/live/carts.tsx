import { useEffect, useRef } from 'preact/hooks'
import type { ShopperView } from '../../../../models/contracts/http.ts'
import type { Store } from '../../../../models/contracts/store.ts'
import { formatClock, formatMoney } from '../../../../models/text/format.ts'
import { badgeOf, itemCount, shortId } from '../words.ts'
import { CartLines } from './cart-lines.tsx'

interface Props {
  readonly store: Store
  readonly shoppers: readonly ShopperView[]
  readonly selected: string | null
  readonly onSelect: (shopper: string) => void
}

export function CartList({ store, shoppers, selected, onSelect }: Props) {
  const inside = shoppers.filter(({ staff }) => !staff)
  const sum = inside.reduce((total, { totalMinor }) => total + totalMinor, 0)
  return (
    <section class="card carts" aria-labelledby="carts">
      <header>
        <h2 id="carts">Carts</h2>
        <p class="quiet">
          {inside.length === 1 ? '1 shopper' : `${inside.length} shoppers`} · {formatMoney(sum, store.currency)}
        </p>
      </header>
      {shoppers.length === 0 ? (
        <p class="empty">Nobody is in the store.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        <ul class="scroll" tabIndex={0} aria-label="Carts by shopper">
          {[...shoppers].sort(staffLast).map((shopper) => (
            <Cart
              key={shopper.id}
              store={store}
              shopper={shopper}
              selected={shopper.id === selected}
              onSelect={onSelect}
            />
          ))}
        </ul>
      )}
    </section>
  )
}

/** Otherwise in the order in which they came. */
const staffLast = (a: ShopperView, b: ShopperView) => Number(a.staff) - Number(b.staff) || a.enteredAt - b.enteredAt

const stateWords = { inside: null, lost: 'out of sight', leaving: 'leaving' } as const

interface CartProps {
  readonly store: Store
  readonly shopper: ShopperView
  readonly selected: boolean
  readonly onSelect: (shopper: string) => void
}

function Cart({ store, shopper, selected, onSelect }: CartProps) {
  const { id, account, staff, state, enteredAt, items, totalMinor } = shopper
  const item = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (selected) item.current?.scrollIntoView({ block: 'nearest' })
  }, [selected])
  const facts = [
    account === null ? null : `account ${account}`,
    `since ${formatClock(enteredAt, store.timezone)}`,
    stateWords[state],
  ].filter((fact) => fact !== null)
  return (
    <li ref={item} class={`cart ${selected ? 'selected' : ''}`}>
      <button type="button" aria-pressed={selected} onClick={() => onSelect(id)}>
        <span class={`badge ${staff ? 'staff' : ''}`} aria-hidden="true">
          {badgeOf(id)}
        </span>
        <span class="who">
          <strong>
            {staff ? 'Staff' : 'Shopper'} {shortId(id)}
          </strong>
          <span class="quiet">{facts.join(' · ')}</span>
        </span>
        <span class="sum">
          <strong class="money">{staff ? 'owes nothing' : formatMoney(totalMinor, store.currency)}</strong>
          <span class="quiet">{itemCount(items)}</span>
        </span>
      </button>
      {items.length > 0 && <CartLines lines={items} currency={store.currency} />}
    </li>
  )
}
