/** When a store's credential ends, as the account service tells the store with its accounts, and what to do about it. */

/** Name of the header; its value is a time in ISO 8601. */
export const credentialEnds = 'credential-ends'

const dayMs = 86_400_000
/** Time to make another, bring it to the store and start the gateway again, holidays included. */
export const warnDays = 30

/** In words for who runs the store; null: it is good for long. Both in milliseconds since the epoch. */
export function endWords(endsAt: number, now: number): string | null {
  if (endsAt - now > warnDays * dayMs) return null
  const day = new Date(endsAt).toISOString().slice(0, 10)
  if (endsAt <= now) return `The credential of this store at the account service ended on ${day}`
  const days = Math.floor((endsAt - now) / dayMs)
  const left = days === 0 ? 'within a day' : days === 1 ? 'in a day' : `in ${days} days`
  return `The credential of this store at the account service ends on ${day}, ${left}`
}
