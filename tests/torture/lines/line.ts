/** A TCP line between two processes that cuts, delays and mangles what goes over it. */
import { once } from 'node:events'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import type { LineFaults } from './line-faults.ts'

/** What follows within this is sent in one piece with what was held. */
const heldMs = 150
/** More in single bytes would only take time. */
const mostSingleBytes = 300

export interface Line {
  /** On 127.0.0.1. */
  readonly port: number
  readonly faults: LineFaults
  /** How many there were. */
  readonly connections: () => number
  close(): Promise<void>
}

/** `port`: of whoever listens on 127.0.0.1 at the far end. */
export async function openLine(port: number, faults: LineFaults): Promise<Line> {
  const open = new Set<Connection>()
  let connections = 0
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    connections += 1
    near.on('error', () => {})
    if (faults.refuses()) return void near.resetAndDestroy()
    const connection = new Connection(near, port, faults)
    open.add(connection)
    connection.ended.then(() => open.delete(connection))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server),
    faults,
    connections: () => connections,
    async close() {
      server.close()
      for (const connection of open) connection.destroy()
      await once(server, 'close')
    },
  }
}

class Connection {
  readonly ended: Promise<unknown>
  readonly #near: Socket
  readonly #far: Socket
  readonly #faults: LineFaults
  #isStalled = false

  constructor(near: Socket, port: number, faults: LineFaults) {
    this.#near = near
    this.#faults = faults
    this.#far = dial({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    // A side that was reset takes the other with it, unless nothing comes through any more.
    this.#far.on('error', () => this.#failed())
    near.on('error', () => this.#failed())
    this.ended = Promise.all([closed(near), closed(this.#far)])
    void this.#carry(near, this.#far, false)
    void this.#carry(this.#far, near, true)
  }

  destroy(): void {
    this.#near.destroy()
    this.#far.destroy()
  }

  #failed(): void {
    if (!this.#isStalled) this.#reset()
  }

  #reset(): void {
    this.#near.resetAndDestroy()
    this.#far.resetAndDestroy()
  }

  async #carry(from: Socket, to: Socket, isAnswer: boolean): Promise<void> {
    try {
      for await (const chunk of from.iterator({ destroyOnReturn: false }))
        if (!(await this.#pass(chunk, from, to, isAnswer))) break
      if (this.#isStalled) return
      to.end()
      // What still comes goes nowhere.
      from.resume()
    } catch {
      this.#failed()
    }
  }

  /** False: nothing more goes this way. */
  async #pass(chunk: Buffer, from: Socket, to: Socket, isAnswer: boolean): Promise<boolean> {
    const fate = this.#faults.fateOf(chunk, isAnswer)
    if (this.#isStalled) return false
    switch (fate.kind) {
      case 'passed':
        return send(to, fate.bytes)
      case 'late':
        await pause(fate.ms)
        return send(to, chunk)
      case 'held together': {
        await pause(heldMs)
        const more: Buffer | null = from.read()
        return send(to, more === null ? chunk : Buffer.concat([chunk, more]))
      }
      case 'single bytes':
        return sendSingly(to, chunk)
      case 'half-closed':
        await send(to, chunk)
        return false
      case 'cut off in the middle':
        from.end()
        await send(to, fate.bytes)
        return false
      case 'stalled':
        this.#isStalled = true
        return false
      default:
        this.#reset()
        return false
    }
  }
}

async function sendSingly(to: Socket, bytes: Buffer): Promise<boolean> {
  const singly = bytes.subarray(0, mostSingleBytes)
  for (let at = 0; at < singly.length && to.writable; at++) {
    to.write(singly.subarray(at, at + 1))
    await turn()
  }
  return send(to, bytes.subarray(singly.length))
}

/** Waits while whoever reads is slow. */
async function send(to: Socket, bytes: Buffer): Promise<boolean> {
  if (!to.writable) return false
  if (!to.write(bytes)) await Promise.race([once(to, 'drain'), closed(to)])
  return true
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the platform gave no port')
  return address.port
}
