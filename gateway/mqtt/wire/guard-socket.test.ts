import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { generate } from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import { connectPacket } from '../../testing/raw-client.ts'
import { guardSocket, maxBehindBytes } from './guard-socket.ts'

/** A socket whose other side says what is pushed and reads nothing. */
function guarded() {
  const faults: string[] = []
  const socket = new Duplex({ read() {}, write() {} }) as Socket
  socket.destroySoon = () => socket.destroy()
  const guard = guardSocket(socket, (reason) => faults.push(reason))
  return { socket, guard, faults }
}
const hello = generate(connectPacket())
const ping = generate({ cmd: 'pingreq' })

describe('guardSocket()', () => {
  test('keeps what follows a CONNECT until that is answered', () => {
    const { socket } = guarded()
    socket.push(hello)
    expect(socket.read()).toEqual(hello)
    socket.push(ping)
    expect(socket.read()).toBe(null)
    socket.write('CONNACK')
    expect(socket.read()).toEqual(ping)
  })

  test('loses nothing to what Node reads ahead', () => {
    const { socket } = guarded()
    socket.push(hello)
    expect(socket.read(0)).toBe(null)
    expect(socket.read()).toEqual(hello)
  })

  test('closes at the first bad packet and gives nothing after it', () => {
    const { socket, faults } = guarded()
    socket.push(Buffer.concat([ping, hello]))
    expect(socket.read()).toBe(null)
    expect(socket.destroyed).toBe(true)
    expect(faults).toEqual(['the first packet has type 12, wanted a CONNECT'])
  })

  test('never asks to wait, and cuts off who is too far behind', () => {
    const { socket, faults, guard } = guarded()
    expect(socket.write(Buffer.alloc(maxBehindBytes))).toBe(true)
    expect([guard.heldBytes(), socket.destroyed]).toEqual([maxBehindBytes, false])
    socket.write('x')
    expect(socket.destroyed).toBe(true)
    expect(faults).toEqual([`it reads too slowly: 4194305 bytes wait for it, wanted at most ${maxBehindBytes}`])
  })
})
