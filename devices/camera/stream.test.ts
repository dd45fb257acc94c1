import { afterEach, describe, expect, it, vi } from 'vitest'
import { openStream } from './stream.ts'
import { streamArguments, streamScript } from './stream-arguments.ts'

const source = {
  url: 'rtsp://10.0.0.7/live',
  login: { user: 'shop', password: 'secret' },
  size: [640, 480],
  maxFps: 10,
} as const

const { PATH } = process.env
afterEach(() => {
  process.env.PATH = PATH
})

describe('streamArguments()', () => {
  it('has nothing of the address, which everybody on the machine could read', () => {
    expect(streamArguments(source).join(' ')).not.toMatch(/secret|10\.0\.0\.7/)
    expect(streamScript(source)).toContain("file 'rtsp://shop:secret@10.0.0.7/live'")
  })

  it('keeps a script of one address, whatever stands in it', () => {
    const script = streamScript({
      ...source,
      url: "http://10.0.0.7/it's",
      login: { user: 'a', password: "'\nfile 'x" },
    })
    expect(script.match(/^file /gm)).toHaveLength(1)
    expect(script.split("'")).toHaveLength(3)
  })
})

describe('openStream()', () => {
  it('says what to install where there is no ffmpeg, and tries again later', async () => {
    process.env.PATH = ''
    const words: string[] = []
    const stream = openStream({
      ...source,
      now: () => 1000,
      random: () => 1,
      onPicture: () => {},
      onWord: (word) => words.push(word),
    })
    await vi.waitUntil(() => words.length > 0)
    expect(words[0]).toMatch(/ffmpeg was not found.+apt-get install ffmpeg.+next try in 1 s/)
    expect(stream.state()).toMatchObject({ phase: 'waiting', until: 2000 })
    await stream.stop()
  })
})
