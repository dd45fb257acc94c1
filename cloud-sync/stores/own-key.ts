/**
 * What a store names itself (trips, refunds), made unlike what any other store names: no store takes a name away from
 * another. Ids of stores have no slash in them.
 */
export function ownKey(storeId: string, name: string): string {
  return `${storeId}/${name}`
}

/** The name as the store said it; also one from before keys were made like this. */
export function nameIn(storeId: string, key: string): string {
  return key.startsWith(`${storeId}/`) ? key.slice(storeId.length + 1) : key
}
