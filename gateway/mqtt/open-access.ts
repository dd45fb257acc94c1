/** Everybody may do everything: for tests of the broker itself by suites that bring their own topics and ids. */
import type { Access } from './access.ts'

/** `refused` are the filters to which nobody may subscribe, since a suite must see that as well. */
export function createOpenAccess(refused: readonly string[]): Access {
  const rights = {
    // What aedes tells itself there; who speaks in its place could close others' connections.
    publish: ({ topic }: { readonly topic: string }) =>
      topic.startsWith('$SYS/') ? `published to ${topic.slice(0, 300)}, which is the broker's own` : null,
    subscribe: (filter: string) => (refused.includes(filter) ? `nobody may subscribe to ${filter}` : null),
    mayRetain: () => true,
  }
  return { admit: () => ({ ok: true, rights, isCurrent: () => true }) }
}
