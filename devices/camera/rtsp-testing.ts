/**
 * A camera that speaks RTSP (RFC 2326) over one TCP connection, for tests: H.264 as ffmpeg makes it, asked for a login the way
 * cameras ask (digest, RFC 2617). Needs ffmpeg.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Login } from './login.ts'

export interface RtspCamera {
  readonly url: string
  /** How often somebody who gave a good login began to play. */
  readonly plays: () => number
  /** Breaks all connections; new ones are taken. */
  hangUp(): void
  close(): Promise<void>
}

const realm = 'camera'
const nonce = 'a1b2c3d4'

/** Shows a plain picture of one grey, 320 x 240, ten times a second. */
export async function startRtspCamera(login: Login, grey: number): Promise<RtspCamera> {
  const datagrams = createSocket('udp4')
  datagrams.bind(0, '127.0.0.1')
  await once(datagrams, 'listening')
  const { child, sdp } = await startSource(datagrams, grey)
  const viewers = new Set<Socket>()
  const sockets = new Set<Socket>()
  let plays = 0
  datagrams.on('message', (packet) => {
    const head = Buffer.from([0x24, 0, packet.length >> 8, packet.length & 0xff])
    for (const viewer of viewers) viewer.write(Buffer.concat([head, packet]))
  })
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      viewers.delete(socket)
    })
    let unread = ''
    socket.on('data', (bytes) => {
      unread += bytes.toString('latin1')
      for (let end = unread.indexOf('\r\n\r\n'); end >= 0; end = unread.indexOf('\r\n\r\n')) {
        const request = unread.slice(0, end)
        unread = unread.slice(end + 4)
        socket.write(answerTo(request, login, sdp))
        if (!request.startsWith('PLAY') || !isGood(request, login)) continue
        plays += 1
        viewers.add(socket)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const hangUp = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `rtsp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/live`,
    plays: () => plays,
    hangUp,
    async close() {
      child.kill('SIGKILL')
      datagrams.close()
      hangUp()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** ffmpeg sends to the port; what it says on its standard output is the description of the stream (SDP, RFC 4566). */
async function startSource(datagrams: Datagrams, grey: number): Promise<{ child: ChildProcess; sdp: string }> {
  const colour = `0x${grey.toString(16).padStart(2, '0').repeat(3)}`
  const child = spawn('ffmpeg', [
    ...['-loglevel', 'error', '-re', '-f', 'lavfi', '-i', `color=c=${colour}:s=320x240:r=10`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '5', '-flags', '+global_header'],
    ...['-f', 'rtp', `rtp://127.0.0.1:${datagrams.address().port}?pkt_size=1200`],
  ])
  let said = ''
  for await (const piece of child.stdout) {
    said += String(piece)
    if (/sprop-parameter-sets=\S+\s/.test(said)) break
  }
  const media = said.replace(/^SDP:\s*/, '').replaceAll(/\r?\n/g, '\r\n')
  return { child, sdp: `${media.trim()}\r\na=control:track1\r\n` }
}

function answerTo(request: string, login: Login, sdp: string): string {
  const sequence = /^CSeq: *(\d+)/im.exec(request)?.[1] ?? '0'
  const answer = (status: string, lines: readonly string[] = [], body = '') =>
    [`RTSP/1.0 ${status}`, `CSeq: ${sequence}`, 'Session: 1', ...lines, '', body].join('\r\n')
  if (request.startsWith('OPTIONS')) return answer('200 OK', ['Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN'])
  if (!isGood(request, login))
    return answer('401 Unauthorized', [`WWW-Authenticate: Digest realm="${realm}", nonce="${nonce}"`])
  if (request.startsWith('DESCRIBE'))
    return answer('200 OK', ['Content-Type: application/sdp', `Content-Length: ${sdp.length}`], sdp)
  if (request.startsWith('SETUP')) return answer('200 OK', ['Transport: RTP/AVP/TCP;unicast;interleaved=0-1'])
  return answer('200 OK')
}

function isGood(request: string, { user, password }: Login): boolean {
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(request)?.[1] ?? ''
  const method = request.slice(0, request.indexOf(' '))
  const secret = md5(`${user}:${realm}:${password}`)
  return field('response') === md5(`${secret}:${nonce}:${md5(`${method}:${field('uri')}`)}`)
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}
