/** How many refunds wait for a person of the store, as the account service tells the store with its accounts. */

/** Name of the header; its value is a number. */
export const failedRefundsHeader = 'failed-refunds'

/** In words for who runs the store, from what the header says; null: none waits. */
export function failedRefundWords(header: string | null): string | null {
  const count = Number(header ?? 0)
  if (!Number.isSafeInteger(count) || count <= 0) return null
  const which = count === 1 ? '1 refund has' : `${count} refunds have`
  return `${which} not reached the shopper: the bank or the card did not take the money. The office sends it again, or pays it in another way and says so (GET /v1/stores/{id}/failed-refunds at the account service).`
}
