import { Type } from 'typebox'
import { IdSchema } from '../../../models/contracts/units.ts'
import { GatewayError } from '../errors.ts'
import { ref } from '../schemas.ts'
import type { App, Parts } from './types.ts'

const CameraParams = Type.Object({ camera: IdSchema })

/** Asked for by the page that calibrates, while it is open; nothing else sends a picture anywhere. */
export function cameraRoutes(app: App, { still }: Parts): void {
  app.get(
    '/api/cameras/:camera/still',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'The newest picture of a camera',
        description:
          'A JPEG. `x-taken-at` has when it was taken, in milliseconds since the epoch; `x-view` what stands still in the pictures of the last two minutes, as the field `view` of the camera in the store file has it, once enough was seen. Nothing is stored.',
        params: CameraParams,
        produces: ['image/jpeg'],
        response: { 200: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }), 404: ref('Error') },
      },
    },
    async (request, reply) => {
      const { camera } = request.params
      const found = await still(camera).catch((error: Error) => {
        throw new GatewayError('NO_STILL', `that of ${camera} cannot be decoded: ${error.message}`)
      })
      if (found === null) throw new GatewayError('NO_STILL', `none came from ${camera} since the gateway started`)
      reply.header('x-taken-at', found.tsMs)
      if (found.view !== null) reply.header('x-view', found.view)
      return reply.type('image/jpeg').send(found.jpeg)
    },
  )
}
