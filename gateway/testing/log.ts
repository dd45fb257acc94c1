/** A log that a test can read. */
export interface TestLog {
  readonly lines: string[]
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export function testLog(): TestLog {
  const lines: string[] = []
  const write = (_fields: object, message: string) => {
    lines.push(message)
  }
  return { lines, info: write, warn: write, error: write }
}
