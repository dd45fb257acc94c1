/** The payment provider that a service is started with: a real one where its keys are set, else the one for tests. */
import { createAlipayProvider } from './alipay.ts'
import type { PaymentProvider } from './provider.ts'
import { createStripeProvider } from './stripe.ts'
import { createTestProvider } from './test-provider.ts'

interface Places {
  /** Of the account page, as shoppers reach it. */
  readonly publicUrl?: string
  /** Of the provider, in place of its own. */
  readonly paymentServer?: URL
}

/**
 * `env`: has the keys, which the command line does not: what stands there can be read by others. Throws in words where something is
 * missing.
 */
export function chosenProvider(
  { publicUrl, paymentServer: server }: Places,
  env: Readonly<Record<string, string | undefined>>,
  now: () => number,
): PaymentProvider {
  const { TILLFREE_STRIPE_KEY: key, TILLFREE_STRIPE_WEBHOOK_SECRET: webhookSecret = null } = env
  const { TILLFREE_ALIPAY_APP_ID: appId } = env
  if (key !== undefined && appId !== undefined)
    throw new Error('found keys of Stripe and of Alipay in the environment, wanted those of one provider')
  const place = { ...(server === undefined ? {} : { server }), now }
  if (key !== undefined) return createStripeProvider({ key, webhookSecret, publicUrl: required(publicUrl), ...place })
  if (appId !== undefined)
    return createAlipayProvider({
      appId,
      privateKey: alipayKey(env, 'PRIVATE_KEY', "the app's private key"),
      alipayPublicKey: alipayKey(env, 'PUBLIC_KEY', "Alipay's public key"),
      publicUrl: required(publicUrl),
      ...place,
    })
  if (server === undefined) return createTestProvider(now)
  throw new Error(`--payment-server: found ${server.href} and no provider, wanted its keys in the environment`)
}

function alipayKey(env: Readonly<Record<string, string | undefined>>, name: string, whose: string): string {
  const value = env[`TILLFREE_ALIPAY_${name}`]
  if (value !== undefined) return value
  throw new Error(`TILLFREE_ALIPAY_${name}: found nothing, wanted ${whose} in base64`)
}

function required(publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return publicUrl
  throw new Error('--public-url: found nothing, wanted the address to which the provider sends shoppers back')
}
