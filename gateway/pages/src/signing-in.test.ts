import { expect, test } from 'vitest'
import { nextPage } from './signing-in.ts'

test('nextPage() leads to pages of ours alone', () => {
  expect(nextPage('#next=/reviews/')).toBe('/reviews/')
  for (const hash of [
    '',
    '#next=//evil.example/',
    '#next=https://evil.example/',
    '#next=/api/me',
    '#next=javascript:1',
  ])
    expect(nextPage(hash)).toBe('/')
})
