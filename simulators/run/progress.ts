/** How far a run is: a bar where somebody watches, plain lines where a file does. */
import { SingleBar } from 'cli-progress'

export interface Progress {
  update(partiesGone: number, virtualMs: number): void
  stop(): void
}

/** A line a virtual minute is enough for a log. */
const lineMs = 60_000

export function progressOf(shoppers: number, terminal: NodeJS.WriteStream): Progress {
  return terminal.isTTY ? bar(shoppers, terminal) : lines(terminal)
}

function bar(shoppers: number, stream: NodeJS.WriteStream): Progress {
  const format = '{bar} {percentage} % | {value} visits over | {clock} of shop time'
  const shown = new SingleBar({ format, stream, hideCursor: true, clearOnComplete: true })
  shown.start(shoppers, 0, { clock: '0:00' })
  return {
    update(gone, ms) {
      const clock = `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`
      shown.setTotal(Math.max(shoppers, gone))
      shown.update(gone, { clock })
    },
    stop: () => shown.stop(),
  }
}

function lines(stream: NodeJS.WriteStream): Progress {
  let next = lineMs
  return {
    update(gone, ms) {
      if (ms < next) return
      next += lineMs
      stream.write(`${Math.round(ms / 60_000)} min of shop time, ${gone} visits over\n`)
    },
    stop() {},
  }
}
