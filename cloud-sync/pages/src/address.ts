/** What comes in the page's address; it is taken out of sight at once. */

/** The secret of a sign-in link, from the fragment, which no server sees. Null: there is none. */
export function takeSignInSecret(): string | null {
  const secret = new URLSearchParams(location.hash.slice(1)).get('sign-in')
  if (secret !== null) history.replaceState(null, '', location.pathname + location.search)
  return secret
}

/** Whether the shopper comes back from the provider's page; what that page put into the address is cleared. */
export function takeReturn(): boolean {
  const isBack = new URLSearchParams(location.search).has('enrolled')
  if (location.search !== '') history.replaceState(null, '', location.pathname)
  return isBack
}
