/** E-mail addresses as they are kept and compared: what is sent to one letter box is one address. */
import { domainToASCII, domainToUnicode } from 'node:url'
import { ServiceError } from './errors.ts'

/** In small letters, with the domain as it is looked up (UTS 46). Throws BAD_REQUEST where nothing can be so called. */
export function letterBoxOf(email: string): string {
  const { name, domain } = partsOf(email)
  const lookedUp = domainToASCII(domain).replace(/\.$/, '')
  if (lookedUp === '') throw new ServiceError('BAD_REQUEST', '/email: found no domain, wanted one after the @')
  return `${name.toLowerCase()}@${lookedUp}`
}

/** How a letter box may stand in the database: until domains were kept as they are looked up, in letters of their own. */
export function formsOf(letterBox: string): readonly [string, string] {
  const { name, domain } = partsOf(letterBox)
  return [letterBox, `${name}@${domainToUnicode(domain)}`]
}

function partsOf(email: string): { readonly name: string; readonly domain: string } {
  const at = email.lastIndexOf('@')
  return { name: email.slice(0, at), domain: email.slice(at + 1) }
}
