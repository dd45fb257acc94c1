/**
 * The cookie of a session. Over https it is `__Host-…` and Secure, so that no neighbour of the same domain can set it;
 * without, it is for this machine (`localhost`) alone. SameSite=Strict: no other site's page sends it along. OWASP ASVS
 * 5.0, 3.3.
 */
export interface SessionCookie {
  /** The token, or null. */
  read(header: string | undefined): string | null
  /** A value of Set-Cookie. */
  give(token: string): string
  take(): string
}

export interface CookieOptions {
  /** Two services on one machine share a browser's cookies, whatever their ports. */
  readonly name: string
  readonly secure: boolean
  readonly maxAgeMs: number
}

export function createSessionCookie({ name: plain, secure, maxAgeMs }: CookieOptions): SessionCookie {
  const name = secure ? `__Host-${plain}` : plain
  // Space and tab (RFC 9110, 5.6.3): `\s` has more, and a cookie that a neighbour may set would be taken for this one.
  const pattern = new RegExp(`(?:^|;[ \\t]*)${name}=([\\w-]{1,128})(?:;|$)`)
  const rest = `; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
  return {
    read: (header = '') => pattern.exec(header)?.[1] ?? null,
    give: (token) => `${name}=${token}; Max-Age=${Math.floor(maxAgeMs / 1000)}${rest}`,
    take: () => `${name}=; Max-Age=0${rest}`,
  }
}
