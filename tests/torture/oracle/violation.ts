/** A rule that did not hold. */
export class Violation extends Error {
  override readonly name = 'Violation'
  readonly expected: string
  readonly found: string

  constructor(expected: string, found: string) {
    super(`expected: ${expected}; found: ${found}`)
    this.expected = expected
    this.found = found
  }
}

/** @throws Violation where they differ */
export function require(expected: string, holds: boolean, found: string): void {
  if (!holds) throw new Violation(expected, found)
}
