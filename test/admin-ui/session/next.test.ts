import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { safeNext } from '../../../admin-ui/src/session/next.ts'

describe('the page after the login', () => {
  it.each(['/requests/req_1', '/evidence?type=auth.failed&session=ses_1', '/'])(
    'is `%s` when that was asked',
    (path) => {
      expect(safeNext(path)).toBe(path)
    },
  )

  it.each([
    'https://elsewhere.example/',
    '//elsewhere.example/',
    '/\\elsewhere.example/',
    '/%2e%2e//elsewhere.example',
    '/./ /elsewhere.example'.replace(' ', ''),
    'javascript:alert(1)',
    '/login?next=/login',
    '',
    undefined,
    7,
  ])('is the start page for %j', (given) => {
    expect(safeNext(given)).toBe('/')
  })

  it('never leads to another origin', () => {
    const parts = fc.constantFrom('/', '\\', '.', '..', '@', ':', '%2f', '\t', '\n', 'a', 'elsewhere.example', '?', '#')
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), (pieces) => {
        const next = safeNext(pieces.join(''))
        expect(new URL(next, 'https://gateway.example').origin).toBe('https://gateway.example')
      }),
    )
  })
})
