/** The access token comes in the address's fragment, which no server sees, and moves out of sight at once. */
const key = 'tillfree.access-token'

/** Takes the token from the fragment into the tab's own storage, and clears the fragment. Null: there is none. */
export function takeToken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (given !== null && given !== '') {
    sessionStorage.setItem(key, given)
    history.replaceState(null, '', location.pathname)
  }
  return sessionStorage.getItem(key)
}

/** Whether the shopper comes back from the provider's page; what that page put into the address is cleared. */
export function takeReturn(): boolean {
  const isBack = new URLSearchParams(location.search).has('enrolled')
  if (location.search !== '') history.replaceState(null, '', location.pathname)
  return isBack
}
