/**
 * Memory in which pictures go to the thread that looks at them, used again and again: a new megabyte for each costs as much
 * as a fifth of a look for the pages of it alone [measured].
 */

export interface Slot {
  readonly memory: SharedArrayBuffer
}

export interface Slots {
  /** One that holds so many bytes and that nobody uses. */
  take(bytes: number): Slot
  give(slot: Slot): void
}

/** As many as one look after another uses; those of a crowd of looks are let go. */
const mostKept = 2

export function createSlots(): Slots {
  const free: Slot[] = []
  return {
    take(bytes) {
      const at = free.findIndex(({ memory }) => memory.byteLength >= bytes)
      const [found] = at < 0 ? [] : free.splice(at, 1)
      return found ?? { memory: new SharedArrayBuffer(bytes) }
    },
    give(slot) {
      free.push(slot)
      if (free.length > mostKept) free.shift()
    },
  }
}
