import { expect, test } from 'vitest'
import { testStore } from '../testing/store.ts'
import { parseLogins } from './logins.ts'

test('parseLogins() gives each camera its login', () => {
  const parsed = parseLogins('{ "cam1": { "user": "shop", "password": "s3cret" } }', testStore())
  expect(parsed).toEqual({ ok: true, value: new Map([['cam1', { user: 'shop', password: 's3cret' }]]) })
})

test.each([
  ['{ "cam1": "s3cret" }', '/cam1'],
  ['{ "cam1": { "user": "shop", "password": "" } }', '/cam1/password'],
  ['{ "g1": { "user": "shop", "password": "s3cret" } }', '/g1'],
  ['"s3cret', ''],
])('parseLogins() refuses %s without showing it', (content, where) => {
  const parsed = parseLogins(content, testStore())
  expect(parsed).toMatchObject({ ok: false, faults: [{ where }] })
  expect(JSON.stringify(parsed)).not.toContain('s3cret')
})
