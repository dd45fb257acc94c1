import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { sendBill, waitByTimer } from './delivery-send.ts'
import { purchaseOf } from './testing/purchase.ts'

const ending: (() => void)[] = []
afterEach(() => {
  for (const end of ending.splice(0)) end()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  ending.push(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

test('sendBill() brings bill and token nowhere but where it was told to', async () => {
  const heard: unknown[] = []
  const elsewhere = await serve((request, response) => {
    heard.push(request.headers)
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"purchaseId":"p","duplicate":false}')
  })
  const url = await serve((_, response) => response.writeHead(307, { location: `${elsewhere}/v1/purchases` }).end())
  const deps = { url, token: 'store-token', fetch, wait: waitByTimer, newRequestId: () => 'r1' }
  const bill = { seq: 1, tripId: 'trip-1', purchase: purchaseOf('trip-1') }
  const sent = await sendBill(deps, bill, new AbortController().signal)
  expect([sent.outcome, heard]).toEqual(['unreachable', []])
  expect(sent.why).toContain('redirect')
})

test('sendBill() reads no more of an answer than the beginning', async () => {
  const [most, part] = [64 * 1_048_576, Buffer.alloc(1_048_576)]
  let written = 0
  const url = await serve((_, response) => {
    const more = () => {
      while (written < most && !response.destroyed) {
        written += part.length
        if (!response.write(part)) return
      }
      response.end()
    }
    response.on('drain', more)
    more()
  })
  const deps = { url, token: 'store-token', fetch, wait: waitByTimer, newRequestId: () => 'r1' }
  const bill = { seq: 1, tripId: 'trip-1', purchase: purchaseOf('trip-1') }
  expect((await sendBill(deps, bill, new AbortController().signal)).outcome).toBe('unreachable')
  expect(written).toBeLessThan(most / 2)
})
