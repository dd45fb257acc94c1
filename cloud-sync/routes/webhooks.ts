/** Where the payment provider tells us that something has happened. Its words are signed over bytes, so they stay text. */
import type { App, Parts } from './types.ts'

export async function webhookRoutes(app: App, { enrolments }: Parts): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    for (const type of ['application/json', 'application/x-www-form-urlencoded'])
      scope.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => done(null, body))
    // What is not signed by the provider changes nothing.
    const options = { config: { access: 'anyone' }, schema: { hide: true } } as const
    scope.post('/v1/webhooks/stripe', options, async (request, reply) => {
      const signature = request.headers['stripe-signature']
      await enrolments.tell(String(request.body), typeof signature === 'string' ? signature : '')
      return reply.code(204).send()
    })
    scope.post('/v1/webhooks/alipay', options, async (request, reply) => {
      await enrolments.tell(String(request.body), '')
      // Without just this word Alipay tells it again, seven times in a day.
      return reply.type('text/plain').send('success')
    })
  })
}
