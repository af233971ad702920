import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddressee } from '../../../../gateway/brokers/ssh/address.ts'

describe('the SSH user name', () => {
  it.each([
    ['alice%ews-1', 'alice', 'ews-1'],
    ['alice', 'alice', null],
    ['alice%', 'alice', ''],
    ['%ews-1', '', 'ews-1'],
    ['alice%ews-1%plc-7', 'alice', 'ews-1%plc-7'],
    ['', '', null],
  ])('`%s` is login `%s` and asset `%s`', (user, login, asset) => {
    expect(parseAddressee(user)).toEqual({ login, asset })
  })

  it('is cut when it is too long to be anything', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5000, unit: 'binary' }), (user) => {
        const { login, asset } = parseAddressee(user)
        expect(login.length + (asset?.length ?? 0)).toBeLessThanOrEqual(512)
      }),
    )
  })
})
