/** Where the pages are, as browsers see it, and whether a request came from them. */
import type { FastifyRequest } from 'fastify'

export interface OwnSite {
  readonly secure: boolean
  /** Whether a page of ours has sent it; other sites' pages cannot say so. */
  isOwn(request: FastifyRequest): boolean
  /** The domain that passkeys are for, and the origin that they must come from. Null: none can be used at this address. */
  passkeysAt(request: FastifyRequest): { readonly domain: string; readonly origin: string } | null
}

/**
 * `publicUrl`: as people reach the pages; null: on this machine alone. Browsers say where a request comes from in
 * Sec-Fetch-Site (Fetch Metadata) or, where they send none because there is no https, in Origin. Who says neither is no
 * browser of the last years, and is refused.
 */
export function ownSite(publicUrl: string | null, secureListener = false): OwnSite {
  const known = publicUrl === null ? null : new URL(publicUrl)
  const secure = known === null ? secureListener : known.protocol === 'https:'
  const originOf = ({ headers }: FastifyRequest) =>
    known?.origin ?? `${secure ? 'https' : 'http'}://${headers.host ?? ''}`
  return {
    secure,
    isOwn(request) {
      const { 'sec-fetch-site': site, origin } = request.headers
      if (site !== undefined) return site === 'same-origin'
      return origin !== undefined && origin === originOf(request)
    },
    passkeysAt(request) {
      const origin = originOf(request)
      const domain = URL.canParse(origin) ? new URL(origin).hostname : ''
      // WebAuthn takes names, no addresses; and nothing but https, or this machine.
      if (!/[a-z]/.test(domain) || domain.includes(':') || !(secure || domain === 'localhost')) return null
      return { domain, origin }
    },
  }
}
