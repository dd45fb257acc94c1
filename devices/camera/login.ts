/** User name and password of a camera: into an address, and out of whatever a person reads. */

export interface Login {
  readonly user: string
  readonly password: string
}

/** `url` without a user name of its own. */
export function withLogin(url: string, login: Login | null): string {
  if (login === null) return url
  const signs = `${escaped(login.user)}:${escaped(login.password)}@`
  return url.replace('://', `://${signs}`)
}

/** A text about `url` in which nothing of the login is left, whichever way it was written. */
export function redacted(text: string, login: Login | null): string {
  const bare = text.replaceAll(/:\/\/[^/\s]*@/g, '://')
  if (login === null) return bare
  return bare.replaceAll(escaped(login.password), '***').replaceAll(login.password, '***')
}

/** An apostrophe would end the address in ffmpeg's script. */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll("'", '%27')
}
