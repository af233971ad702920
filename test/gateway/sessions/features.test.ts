import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameFeature } from '../../../gateway/sessions/features.ts'

describe('the name of a refused feature', () => {
  it.each([
    ['direct-tcpip', 'host:22', 'direct-tcpip', 'host:22'],
    ['env', 'LANG', 'env', 'LANG'],
    ['subsystem:sftp', null, 'subsystem:sftp', null],
    ['subsystem:my password', null, 'subsystem:other', 'my password'],
    ['my password', null, 'other', 'my password'],
    ['hail@example.org', 'more', 'other', 'hail@example.org more'],
    ['other', null, 'other', 'other'],
    ['toString', null, 'other', 'toString'],
  ])('`%s` with `%s` is `%s` with `%s`', (given, more, feature, detail) =>
    expect(nameFeature(given, more)).toEqual({ feature, detail }),
  )

  it('never holds what a client made up', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), (given) => {
        expect(['other', 'subsystem:other']).toContain(nameFeature(`x${given}`, null).feature)
      }),
    )
  })
})
