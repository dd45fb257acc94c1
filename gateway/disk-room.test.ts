import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { againAt, baseBytes, createDiskRoom, visitBytes } from './disk-room.ts'
import { testLog } from './testing/log.ts'

function room(inside = 0) {
  const log = testLog()
  const disk = { free: 0, inside, fails: false }
  const freeBytes = async () => {
    if (disk.fails) throw new Error('EIO')
    return disk.free
  }
  return { log, disk, ...createDiskRoom({ folder: 'data', inside: () => disk.inside, freeBytes, log }) }
}

const reserveOf = (inside: number) => baseBytes + (inside + 1) * visitBytes

describe('createDiskRoom()', () => {
  test('problem() is there when less is free than the visits inside can still write, and says how much', async () => {
    const { disk, look, problem, log } = room(3)
    disk.free = reserveOf(3)
    await look()
    expect(problem()).toBeNull()
    disk.free -= 1
    await look()
    expect(problem()).toBe(
      'the disk is almost full: 69 MB are free, and 69 MB are kept back for the visits of the 3 inside. Make room on it',
    )
    await look()
    expect(log.lines.filter((line) => line.startsWith('nobody is let in'))).toHaveLength(1)
  })

  test('problem() is over when there is clearly more room, not at the first byte', async () => {
    const { disk, look, problem, log } = room(1)
    await look()
    disk.free = reserveOf(1)
    await look()
    expect(problem()).toContain('the visit of who is inside')
    disk.free = reserveOf(1) * againAt
    await look()
    expect([problem(), log.lines.at(-1)]).toEqual([null, 'there is room on the disk again'])
  })

  test('problem() goes when people do: less is kept back for those who stay', async () => {
    const { disk, look, problem } = room(400)
    disk.free = reserveOf(0) * againAt
    await look()
    expect(problem()).toContain('the 400 inside')
    disk.inside = 0
    await look()
    expect(problem()).toBeNull()
  })

  test('look() leaves things as they were when the disk cannot be asked, and says so once', async () => {
    const { disk, look, problem, log } = room()
    await look()
    const before = problem()
    disk.fails = true
    await look()
    await look()
    expect(problem()).toBe(before)
    expect(log.lines.filter((line) => line.includes('cannot be told: EIO'))).toHaveLength(1)
  })

  test('start() asks the platform about the disk of a folder', async () => {
    const { start, stop, freeBytes } = createDiskRoom({ folder: tmpdir(), inside: () => 0, log: testLog() })
    await start()
    stop()
    expect(freeBytes()).toBeGreaterThan(0)
  })
})
