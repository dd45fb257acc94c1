import { describe, expect, it, vi } from 'vitest'
import { parseOptions } from './options.ts'

const needed = ['node', 'gateway', '--store', 'store.json', '--data', 'data']

describe('parseOptions()', () => {
  it('takes what errors and a look cost, in money', () => {
    const given = ['--overcharge-weight', '2', '--wrong-cost', '50', '--review-cost', '80']
    expect(parseOptions([...needed, ...given])).toMatchObject({ overchargeWeight: 2, wrongCost: 50, reviewCost: 80 })
  })

  it('has usual costs where none are given', () => {
    expect(parseOptions(needed)).toMatchObject({ overchargeWeight: 1.25, wrongCost: 100, reviewCost: 250 })
  })

  it("sends the store's credential in plain to this machine alone", () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('ended')
    })
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const given = (url: string) => parseOptions([...needed, '--token', 'secret', '--accounts', url]).accounts
    const near = ['http://127.0.0.1:8081', 'http://localhost:8081', 'http://[::1]:8081', 'https://accounts.example']
    expect(near.map(given)).toEqual(near)
    const far = [
      'http://accounts.example',
      'http://127.0.0.1.evil.example',
      'http://192.168.1.4:8081',
      'ftp://127.0.0.1',
    ]
    for (const url of far) expect(() => given(url), url).toThrow('ended')
    expect(String(said.mock.calls[0])).toContain('found "http://accounts.example", wanted https://')
    exit.mockRestore()
    said.mockRestore()
  })
})
