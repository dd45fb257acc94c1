/** A camera that speaks MJPEG over HTTP, for tests. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface MjpegCamera {
  readonly url: string
  /** How often somebody asked for the stream, with a good login. */
  readonly openings: () => number
  /** Sends a picture to all who look. */
  show(jpeg: Uint8Array): void
  /** Ends all streams; the next can be opened. */
  hangUp(): void
  close(): Promise<void>
}

/** `authorization` is the header that it wants; none when null. */
export async function startMjpegCamera(authorization: string | null = null): Promise<MjpegCamera> {
  const viewers = new Set<ServerResponse>()
  let openings = 0
  const server = createServer((request, response) => {
    if (authorization !== null && request.headers.authorization !== authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="camera"' }).end()
      return
    }
    openings += 1
    viewers.add(response)
    response.on('close', () => viewers.delete(response))
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' })
    response.flushHeaders()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/video`,
    openings: () => openings,
    show(jpeg) {
      const head = `--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`
      for (const viewer of viewers) viewer.write(Buffer.concat([Buffer.from(head), jpeg, Buffer.from('\r\n')]))
    },
    hangUp() {
      for (const viewer of viewers) viewer.destroy()
    },
    close() {
      for (const viewer of viewers) viewer.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
