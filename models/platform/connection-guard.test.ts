import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createConnectionGuard, networkOf } from './connection-guard.ts'

let ports = 0
const faults: string[] = []
beforeEach(() => {
  vi.useFakeTimers()
  faults.length = 0
})
afterEach(() => {
  vi.useRealTimers()
})

function stranger(remoteAddress: string) {
  const socket = Object.assign(new EventEmitter(), {
    remoteAddress,
    remotePort: ++ports,
    localPort: 1883,
    destroyed: false,
    destroy() {
      socket.destroyed = true
      socket.emit('close')
    },
  })
  return socket
}
const asSocket = (socket: ReturnType<typeof stranger>) => socket as unknown as Socket
const newGuard = () => createConnectionGuard({ perAddress: 2, inAll: 3, timeoutMs: 10_000 }, (why) => faults.push(why))

describe('createConnectionGuard()', () => {
  test('closes the oldest stranger of an address that has too many, and no other', () => {
    const guard = newGuard()
    const sockets = ['10.0.0.9', '10.0.0.1', '10.0.0.1', '10.0.0.1'].map(stranger)
    for (const socket of sockets) guard.admit(asSocket(socket))
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false, true, false, false])
    expect(faults).toEqual(['10.0.0.1: 2 connections have not said who they are; the oldest is closed'])
    expect(guard.strangers()).toBe(3)
  })

  test('closes the oldest of all when there are too many', () => {
    const guard = newGuard()
    const sockets = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map(stranger)
    for (const socket of sockets) guard.admit(asSocket(socket))
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false, false, false])
  })

  test('counts who is unsettled as a newcomer, and nobody who has gone', () => {
    const guard = newGuard()
    const [first, second, third] = [stranger('10.0.0.1'), stranger('10.0.0.1'), stranger('10.0.0.1')]
    for (const socket of [first, second, third]) {
      guard.admit(asSocket(socket))
      guard.settle(asSocket(socket))
    }
    third.destroy()
    for (const socket of [second, first, third]) guard.unsettle(asSocket(socket))
    expect(guard.strangers()).toBe(2)
    guard.admit(asSocket(stranger('10.0.0.1')))
    expect([first.destroyed, second.destroyed]).toEqual([false, true])
    vi.advanceTimersByTime(10_000)
    expect([first.destroyed, guard.strangers()]).toEqual([true, 0])
  })

  test('gives a stranger ten seconds, and who has said who it is all the time', () => {
    const guard = newGuard()
    const [known, silent] = [stranger('10.0.0.1'), stranger('10.0.0.2')]
    guard.admit(asSocket(known))
    guard.admit(asSocket(silent))
    guard.settle(asSocket(known))
    vi.advanceTimersByTime(10_000)
    expect([known.destroyed, silent.destroyed]).toEqual([false, true])
    expect(faults).toEqual(['10.0.0.2: it did not say who it is within 10 s'])
    expect(guard.strangers()).toBe(0)
  })
})

describe('networkOf()', () => {
  test.each([
    ['192.168.1.7', '192.168.1.7'],
    ['::ffff:192.168.1.7', '192.168.1.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::5', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s is of %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})
