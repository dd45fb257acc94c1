import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeAccounts } from './account-service.ts'

const answers: Readonly<Record<string, readonly [number, object]>> = {
  anna: [201, { id: 'anna' }],
  bruno: [409, { code: 'BEING_ERASED', message: 'the account is being erased' }],
  chiara: [409, { code: 'OTHER_ACCOUNT', message: 'made otherwise' }],
}
let server: Server
beforeEach(async () => {
  server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const [status, answer] = answers[(JSON.parse(body) as { id: string }).id] ?? [500, {}]
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

test('makeAccounts() goes without whom somebody had erased, and no further where it is refused otherwise', async () => {
  const service = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 't' }
  const wanted = (...ids: string[]) => ids.map((id) => ({ id, name: id, staff: false }))
  expect(await makeAccounts(service, wanted('bruno', 'anna'))).toEqual([{ id: 'anna' }])
  await expect(makeAccounts(service, wanted('chiara'))).rejects.toThrow(/409 .*OTHER_ACCOUNT/)
})
