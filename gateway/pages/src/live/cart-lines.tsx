import type { ShopperView } from '../../../../models/contracts/http.ts'
import { formatMoney } from '../../../../models/text/format.ts'
import { CertaintyChip } from './certainty.tsx'

interface Props {
  readonly lines: ShopperView['items']
  readonly currency: string
}

export function CartLines({ lines, currency }: Props) {
  return (
    <ul class="lines">
      {lines.map(({ sku, name, quantity, totalMinor, confidence }) => (
        <li key={sku}>
          <span class="what">
            <span class="count">{quantity} ×</span> {name}
          </span>
          <CertaintyChip confidence={confidence} />
          <span class="money">{formatMoney(totalMinor, currency)}</span>
        </li>
      ))}
    </ul>
  )
}
