import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownSite } from '../../cloud-sync/people/own-site.ts'
import { openStaffBook, staffFile } from '../staff/staff-book.ts'
import { signInToStore } from './first-admin.ts'

let data: string
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'tillfree-start-'))
})
afterEach(() => rm(data, { recursive: true, force: true }))

const openBook = () => openStaffBook({ file: staffFile(join(data, 'gateway')), site: ownSite(null), now: Date.now })

test('signInToStore() lets nobody into a real store', async () => {
  expect(await signInToStore(data, false)).toEqual({ secret: null, isEmpty: true })
  const book = await openBook()
  expect(await book.list()).toEqual([])
  await book.add('marta', 'admin')
  await book.close()
  expect(await signInToStore(data, false)).toEqual({ secret: null, isEmpty: false })
})

test('signInToStore() gives a simulated store an admin, and a new link at each start', async () => {
  const first = await signInToStore(data, true)
  const second = await signInToStore(data, true)
  const book = await openBook()
  expect(await book.list()).toMatchObject([{ name: 'manager', role: 'admin' }])
  expect(await book.people.links.redeem(first.secret ?? '')).toBeNull()
  expect(await book.people.links.redeem(second.secret ?? '')).toBe('manager')
  await book.close()
})
