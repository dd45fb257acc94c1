/** How a sign-in code is written for people: in groups of four. */
export function inGroups(secret: string): string {
  return secret.match(/.{1,4}/g)?.join('-') ?? ''
}
