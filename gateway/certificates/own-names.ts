/** Under which names and addresses this machine is reached in its network. */
import { hostname, networkInterfaces } from 'node:os'
import type { AltName } from './certificate.ts'

/** A machine with more is a router; a certificate with hundreds of names is refused by small devices. */
const maxAddresses = 20

export function ownNames(): AltName[] {
  const host = hostname().toLowerCase()
  const dns = new Set(['localhost', ...(isDnsName(host) ? [host, `${host.replace(/\.local$/, '')}.local`] : [])])
  const ips = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address))
  return [
    ...[...dns].map((value) => ({ type: 'dns' as const, value })),
    ...[...new Set(['127.0.0.1', ...ips.filter(isLasting)])]
      .slice(0, maxAddresses)
      .map((value) => ({ type: 'ip' as const, value })),
  ]
}

const isDnsName = (name: string) => /^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/.test(name)

/** Link-local addresses name an interface of this machine, which no certificate can. */
const isLasting = (address: string) => !/^(fe80|169\.254)/i.test(address)
