/**
 * A server that behaves like Alipay's gateway, for tests: requests are verified, answers are signed (RSA2), orders are
 * known by the merchant's number for ever, accounts that are empty, slow or have ended their agreement, answers that get lost.
 */
import { createSign, createVerify, generateKeyPairSync } from 'node:crypto'
import { type AlipayState, createAlipayState, type Reply } from './alipay-state.ts'
import { listenNear, type ServerKeys } from './near-server.ts'

type Fields = Readonly<Record<string, string>>

export interface AlipayServer extends AlipayState {
  readonly url: URL
  /** What an app needs to speak to it. */
  readonly keys: { readonly appId: string; readonly privateKey: string; readonly alipayPublicKey: string }
  /** Every request: what was asked, and of what, oldest first. */
  readonly requests: readonly { readonly method: string; readonly content: Readonly<Record<string, unknown>> }[]
  /** Answers to this method, or all, are lost before or after requests have their effect; null: no more. (Alipay's package tries twice.) */
  lose(when: 'before' | 'after' | null, method?: string): void
  /** Runs once, just before this method is answered. */
  before(method: string, happens: () => void): void
  /** The next request of this method is refused in words, whether it is done or not. */
  refuseNext(method: string, subCode: string, isDone: boolean): void
  /** The next answer is signed by somebody else. */
  forgeNext(): void
  /** A message as Alipay sends it by itself. */
  message(fields: Fields): string
  close(): Promise<void>
}

const appId = '2021000100000001'
/** Made once: a pair takes a second of a busy machine. */
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const [app, alipay, stranger] = [pair(), pair(), pair()]

/** `serverKeys`: speaks https with them. */
export async function startAlipayServer(serverKeys?: ServerKeys): Promise<AlipayServer> {
  const state = createAlipayState()
  const requests: AlipayServer['requests'][number][] = []
  let losing: { when: 'before' | 'after' | null; method?: string | undefined } = { when: null }
  let forging = false
  const surprises = new Map<string, () => void>()
  const refusals = new Map<string, { readonly subCode: string; readonly isDone: boolean }>()

  function answerTo(method: string, content: Readonly<Record<string, unknown>>): Reply {
    const refusal = refusals.get(method)
    refusals.delete(method)
    if (refusal === undefined) return state.answer(method, content)
    if (refusal.isDone) state.answer(method, content)
    return { code: '40004', sub_code: refusal.subCode }
  }

  const { url, close } = await listenNear(serverKeys, async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const fields = fieldsOf(new URL(request.url ?? '/', 'http://alipay.test').search, body)
    const method = fields.method ?? ''
    const content = JSON.parse(fields.biz_content ?? '{}') as Record<string, unknown>
    requests.push({ method, content })
    const lost = losing.method === undefined || losing.method === method ? losing.when : null
    if (lost === 'before') return void request.socket.destroy()
    surprises.get(method)?.()
    surprises.delete(method)
    const isSigned = createVerify('RSA-SHA256')
      .update(signedText(fields))
      .verify(app.publicKey, fields.sign ?? '', 'base64')
    const answer = isSigned ? answerTo(method, content) : { code: '40002', sub_code: 'isv.invalid-signature' }
    if (lost === 'after') return void request.socket.destroy()
    const text = JSON.stringify({ msg: 'Answer', ...answer })
    const { privateKey } = forging ? stranger : alipay
    forging = false
    const sign = createSign('RSA-SHA256').update(text).sign(privateKey, 'base64')
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' })
    response.end(`{"${method.replaceAll('.', '_')}_response":${text},"sign":"${sign}"}`)
  })
  return {
    ...state,
    url: new URL('gateway.do', url),
    close,
    keys: {
      appId,
      privateKey: app.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      alipayPublicKey: alipay.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    },
    requests,
    lose: (when, method) => {
      losing = { when, method }
    },
    before: (method, happens) => void surprises.set(method, happens),
    refuseNext: (method, subCode, isDone) => void refusals.set(method, { subCode, isDone }),
    forgeNext: () => {
      forging = true
    },
    message: (fields) => {
      const all = { app_id: appId, ...fields }
      const sign = createSign('RSA-SHA256').update(signedText(all)).sign(alipay.privateKey, 'base64')
      return new URLSearchParams({ ...all, sign_type: 'RSA2', sign }).toString()
    },
  }
}

function fieldsOf(search: string, body: string): Fields {
  return { ...Object.fromEntries(new URLSearchParams(search)), ...Object.fromEntries(new URLSearchParams(body)) }
}

/** https://opendocs.alipay.com/common/02kf5q: all fields but the signature, in order. */
function signedText({ sign: _, ...fields }: Fields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join('&')
}
