/** What ffmpeg is told of a camera's stream. Pure. */
import { type Login, withLogin } from './login.ts'

export interface StreamSource {
  /** `rtsp://`, `rtsps://`, or `http://`, `https://` for MJPEG; without user name and password. */
  readonly url: string
  readonly login: Login | null
  /** Width and height in which pictures come, whatever the camera sends. */
  readonly size: readonly [width: number, height: number]
  /** More than these a second are left out. */
  readonly maxFps: number
}

/** As for a JPEG: four times a 4K frame. The decoder refuses more before it takes memory for it. */
const maxPixels = 32_000_000

/** Nothing is gathered before the first picture, and no picture waits for the next (ffmpeg-formats, "Format Options"). */
const lowDelay = ['-fflags', 'nobuffer', '-flags', 'low_delay']
const littleProbing = { analyzeduration: '100000', probesize: '32768' }

/**
 * The address is not among them: arguments can be read by everybody on the machine (`ps`), and it may hold a password. It
 * comes as a script on standard input. What a camera answers may lead to nothing but the protocols and formats named here.
 */
export function streamArguments({ url, size: [width, height], maxFps }: StreamSource): string[] {
  const { protocols, formats } = url.startsWith('rtsp') ? rtsp : http
  // By the clock, since MJPEG has no times of its own (ffmpeg-utils, "Expression Evaluation"; variable 0 is the last one's).
  const gapSeconds = (0.95 / maxFps).toFixed(4)
  const sparse = `select=if(gte(time(0)-ld(0)\\,${gapSeconds})\\,gt(st(0\\,time(0))\\,0)\\,0)`
  return [
    ...['-hide_banner', '-loglevel', 'error', '-protocol_whitelist', protocols, '-format_whitelist', formats],
    ...[...lowDelay, '-max_pixels', String(maxPixels), '-f', 'concat', '-safe', '0', '-i', 'pipe:0'],
    ...['-map', '0:v:0', '-vf', `${sparse},scale=${width}:${height}`, '-fps_mode', 'passthrough'],
    ...['-pix_fmt', 'rgb24', '-codec:v', 'ppm', '-flush_packets', '1', '-f', 'image2pipe', 'pipe:1'],
  ]
}

const rtsp = {
  protocols: 'pipe,rtsp,rtsps,tcp,tls,rtp,udp',
  formats: 'concat,rtsp,rtp,sdp',
  // A datagram lost on the way would damage every picture until the next key frame.
  options: { ...littleProbing, rtsp_transport: 'tcp' },
}
const http = { protocols: 'pipe,http,https,tcp,tls', formats: 'concat,mpjpeg', options: littleProbing }

/** The script that goes to ffmpeg's standard input (its manual, "concat"). */
export function streamScript({ url, login }: StreamSource): string {
  const { options } = url.startsWith('rtsp') ? rtsp : http
  const address = withLogin(url, login).replaceAll("'", '%27')
  const lines = Object.entries(options).map(([name, value]) => `option ${name} ${value}`)
  return ['ffconcat version 1.0', `file '${address}'`, ...lines, ''].join('\n')
}
