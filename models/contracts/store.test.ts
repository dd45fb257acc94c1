import { expect, test } from 'vitest'
import { parseStore } from './store.ts'

const file = {
  schema: 'tillfree.store/1',
  id: 's1',
  name: 'Test store',
  currency: 'EUR',
  timezone: 'Europe/Rome',
  entry: 'open',
  zones: [],
  fixtures: [],
  products: [],
  planogram: [],
}
const devices = (...ids: string[]) => ids.map((id) => ({ id, kind: 'tracker' }))

test.each([
  [['trk', 'trk2'], []],
  [['trk', 'trk'], ['an id that is used once']],
  [['trk', 'constructor'], ['a name that JavaScript does not use']],
  [['__proto__', 'trk'], ['a name that JavaScript does not use']],
])('parseStore() with the devices %j', (ids, wanted) => {
  const parsed = parseStore({ ...file, devices: devices(...ids) })
  expect(parsed.ok ? [] : parsed.faults.map((fault) => fault.wanted)).toEqual(wanted)
})

test('parseStore() takes no name that would stand on no bill', () => {
  const parsed = parseStore({ ...file, name: 'Via\0Roma', devices: [] })
  expect(parsed.ok ? [] : parsed.faults.map(({ where }) => where)).toEqual(['/name'])
})
