import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { demoStore } from '../layout/store.ts'
import { describeFaults, parseScenario } from './load.ts'
import { schemaFile, schemaText } from './schema-file.ts'
import { scriptFaults } from './script-faults.ts'

const wrong = (text: string): string => {
  const result = parseScenario(text)
  return result.ok ? 'nothing wrong' : describeFaults(result.faults)
}

test('parseScenario() fills in what is left out with an ordinary day', () => {
  const result = parseScenario('name: bare')
  expect(result).toMatchObject({
    ok: true,
    value: { shop: { entry: 'gated' }, shoppers: { count: 20 }, scales: { rateHz: 60 }, tracker: { lagSeconds: 2.3 } },
  })
})

test.each([
  ['shoppers: { cuont: 3 }\nname: x', '/shoppers/cuont: found 3, wanted no such setting (is its name misspelt?)'],
  ['shoppers: { count: -1 }\nname: x', '/shoppers/count: found -1, wanted >= 0'],
  ['shop: { entry: free }\nname: x', '/shop/entry: found "free", wanted one of "open", "gated"'],
  ['shop: {}', '/name: found nothing, wanted a value'],
  ['name: [', '(line 1), wanted YAML'],
  [
    'name: x\npeople: [{ name: A, arrives: 1, does: [{ tke: Mints }] }]',
    '/people/0/does/0: found {"tke":"Mints"}, wanted an act: one of take, putBack, touch, hold, restHand, lookAt, handOver, drop, eat, wait, browse, changeLooks, restock',
  ],
  [
    'name: x\npeople: [{ name: A, arrives: 1, does: [{ take: Mints, how: fast }] }]',
    '/people/0/does/0/how: found "fast", wanted one of "one by one", "both hands", "together", "slowly"',
  ],
])('parseScenario() says in words what is wrong with %j', (text, words) => {
  expect(wrong(text)).toContain(words)
  expect(wrong(text).split('\n')).toHaveLength(1)
})

test('scriptFaults() names products, places and people that are not there', () => {
  const result = parseScenario(
    'name: x\npeople: [{ name: A, arrives: 1, with: B, does: [{ take: Fiji, shelf: g9 }, { handOver: Mints, to: C }, { restHand: g1-s1-p1 }] }]',
  )
  if (!result.ok) throw new Error(describeFaults(result.faults))
  expect(
    describeFaults(scriptFaults(result.value, demoStore({ entry: 'open', scales: 'plates' }))).split('\n'),
  ).toEqual([
    '/people/0/with: found "B", wanted the name of somebody further up',
    '/people/0/does/0/take: found "Fiji", wanted name or SKU of a product',
    '/people/0/does/0: found "g9", wanted id of a shelf or a plate',
    '/people/0/does/1/to: found "C", wanted the name of a person',
  ])
})

test('scriptFaults() names things, marks and relations that are not there', () => {
  const result = parseScenario(
    [
      'name: x',
      'shop: { planogramErrors: { missing: [gone] } }',
      'things: { one: { beside: two }, two: {} }',
      'people: [{ name: A, arrives: [0, 2], owes: { three: 1 }, does: [{ take: $three, standAt: $four, after: done }] }]',
    ].join('\n'),
  )
  if (!result.ok) throw new Error(describeFaults(result.faults))
  expect(
    describeFaults(scriptFaults(result.value, demoStore({ entry: 'open', scales: 'plates' }))).split('\n'),
  ).toEqual([
    '/shop/planogramErrors: found "gone", wanted a name under /things',
    '/things/one/beside: found "two", wanted the name of a thing further up',
    '/people/0/owes: found "three", wanted a name under /things',
    '/people/0/does/0/take: found "$three", wanted a name under /things',
    '/people/0/does/0: found "$four", wanted a name under /things',
    '/people/0/does/0/after: found "done", wanted a mark of some act',
  ])
})

test('every scenario of the folder is a good one, and the schema beside them is the current one', () => {
  const folder = new URL('../scenarios/', import.meta.url)
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
  expect(files).toContain('default.yaml')
  for (const file of files) expect(wrong(readFileSync(new URL(file, folder), 'utf8'))).toBe('nothing wrong')
  expect(readFileSync(schemaFile, 'utf8')).toBe(schemaText())
})
