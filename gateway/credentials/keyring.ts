/** The credentials as the running broker knows them: those of the book, and those of the simulators it runs with. */
import type { Credential } from './credential.ts'
import { type CredentialBook, openCredentialBook } from './credential-book.ts'

/** Who is revoked is out within a second. */
const lookMs = 1_000

export interface KeyringOptions {
  /** The book's file. */
  readonly file: string
  /** Credentials beside those of the book, asked for once at the start. */
  readonly simulators: () => readonly Credential[]
}

export interface Keyring {
  /** All with that name: the book's, and the simulators'. */
  find(name: string): readonly Credential[]
  /** Told when another process has changed the book. */
  onChange(listener: () => void): void
  /** Throws when the book cannot be opened. */
  start(): void
  /** Looks whether the book has changed; the time does so once a second. */
  refresh(): void
  stop(): void
}

export function createKeyring(options: KeyringOptions): Keyring {
  return new WatchedKeyring(options)
}

class WatchedKeyring implements Keyring {
  readonly #options: KeyringOptions
  #book: CredentialBook | null = null
  #simulators: readonly Credential[] = []
  #byName: ReadonlyMap<string, readonly Credential[]> = new Map()
  #version = 0
  #timer: NodeJS.Timeout | null = null
  #listener: () => void = () => {}

  constructor(options: KeyringOptions) {
    this.#options = options
  }

  /** Looks first whether the book has changed, some microseconds: who was just enrolled comes in at once. */
  find(name: string): readonly Credential[] {
    this.refresh()
    return this.#byName.get(name) ?? []
  }

  onChange(listener: () => void): void {
    this.#listener = listener
  }

  start(): void {
    this.#book = openCredentialBook(this.#options.file)
    this.#simulators = this.#options.simulators()
    this.#read(this.#book)
    this.#timer = setInterval(() => this.refresh(), lookMs)
    this.#timer.unref()
  }

  refresh(): void {
    const book = this.#book
    if (book === null || book.version() === this.#version) return
    this.#read(book)
    this.#listener()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#book?.close()
    this.#book = null
  }

  /** The version first: what is written in between is read again. */
  #read(book: CredentialBook): void {
    this.#version = book.version()
    const byName = new Map<string, Credential[]>()
    for (const credential of [...book.list(), ...this.#simulators])
      byName.set(credential.name, [...(byName.get(credential.name) ?? []), credential])
    this.#byName = byName
  }
}
