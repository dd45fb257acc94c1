/** Which id a tracker gives to whom, when it loses them, and when it takes one for another. */
import type { Random } from '../random.ts'
import type { TrackerOptions } from '../scenario/schema.ts'
import { distance } from '../world/geometry.ts'
import type { Person } from '../world/person.ts'

/** Nearer than this people hide each other, metres; they are then lost three times as often. */
const crowdMetres = 0.6
const crowdFactor = 3
/** So much oftener one of two gets the other's id while the other is hidden (reasoned: then nothing contradicts it). */
const hiddenFactor = 10
/** A track that was gone for less than this always comes back as itself. */
const coastMs = 500
const maxLossMs = 4000

interface Track {
  id: string
  lostAt: number
  backAt: number
  looks: number
}

export class TrackIds {
  private readonly options: TrackerOptions
  private readonly random: Random
  private readonly prefix: string
  private readonly tracks = new Map<Person, Track>()
  private readonly history = new Map<Person, string[]>()
  private issued = 0

  constructor(options: TrackerOptions, random: Random, prefix: string) {
    this.options = options
    this.random = random
    this.prefix = prefix
  }

  /** The ids of those who are seen in a frame, `ms` after the last one. */
  frame(people: readonly Person[], now: number, ms: number): Map<Person, string> {
    for (const person of this.tracks.keys()) if (!person.inside) this.tracks.delete(person)
    const seen: (readonly [Person, Track])[] = []
    for (const person of people) {
      const near = people.filter((other) => other !== person && isNear(person, other, now))
      const track = this.follow(person, near.length > 0, now, ms)
      if (track !== null) seen.push([person, track])
      for (const other of near) this.confuse(person, other, now, ms)
    }
    // Not before all were confused: no id stands for two in one frame.
    return new Map(seen.map(([person, { id }]) => [person, id]))
  }

  /** Every id that a person has had, in order. */
  idsOf(person: Person): readonly string[] {
    return this.history.get(person) ?? []
  }

  forget(person: Person): void {
    this.tracks.delete(person)
    this.history.delete(person)
  }

  private follow(person: Person, crowded: boolean, now: number, ms: number): Track | null {
    const track = this.tracks.get(person) ?? this.begin(person)
    if (now < track.backAt) return null
    if (track.looks !== person.looks) return this.mistake(person, track, now)
    if (track.lostAt > 0) {
      const long = track.backAt - track.lostAt > coastMs
      if (long && this.random.chance(this.options.newIdShare)) this.rename(person, track)
      track.lostAt = 0
    }
    const perMinute = this.options.lossesPerMinute * (crowded ? crowdFactor : 1)
    if (this.random.chance((perMinute * ms) / 60_000)) {
      track.lostAt = now
      track.backAt = now + Math.min(maxLossMs, this.random.logNormal(700, 0.7))
    }
    return track
  }

  /** Who looks different is lost for a moment and comes back as somebody new. */
  private mistake(person: Person, track: Track, now: number): null {
    track.looks = person.looks
    track.backAt = now + Math.min(maxLossMs, this.random.logNormal(700, 0.7))
    track.lostAt = 0
    this.rename(person, track)
    return null
  }

  private confuse(person: Person, other: Person, now: number, ms: number): void {
    const mine = this.tracks.get(person)
    const theirs = this.tracks.get(other)
    // Each pair is looked at from both sides.
    if (mine === undefined || theirs === undefined) return
    const hidden = [mine, theirs].filter(({ backAt }) => now < backAt).length
    if (hidden === 2) return
    const perMinute = this.options.switchesPerMinute * (hidden === 1 ? hiddenFactor : 1)
    if (!this.random.chance((perMinute * ms) / 120_000)) return
    const id = mine.id
    mine.id = theirs.id
    theirs.id = id
    this.remember(person, mine.id)
    this.remember(other, theirs.id)
  }

  private begin(person: Person): Track {
    const track = { id: '', lostAt: 0, backAt: 0, looks: person.looks }
    this.tracks.set(person, track)
    this.rename(person, track)
    return track
  }

  private rename(person: Person, track: Track): void {
    track.id = `${this.prefix}t${++this.issued}`
    this.remember(person, track.id)
  }

  private remember(person: Person, id: string): void {
    const known = this.history.get(person)
    if (known === undefined) this.history.set(person, [id])
    else if (!known.includes(id)) known.push(id)
  }
}

function isNear(a: Person, b: Person, now: number): boolean {
  return distance(a.walk.position(now), b.walk.position(now)) < crowdMetres
}
