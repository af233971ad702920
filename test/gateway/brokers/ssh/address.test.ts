import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddressee } from '../../../../gateway/brokers/ssh/address.ts'

describe('the SSH user name', () => {
  it.each([
    ['alice+ews-1', 'alice', 'ews-1'],
    ['alice%ews-1', 'alice', 'ews-1'],
    // As OpenSSH before 10.0 sends what OpenSSH from 10.0 on makes one of.
    ['alice%%ews-1', 'alice', 'ews-1'],
    ['alice', 'alice', null],
    ['alice%', 'alice', ''],
    ['alice+', 'alice', ''],
    ['alice%%', 'alice', ''],
    ['%ews-1', '', 'ews-1'],
    ['alice%ews-1%plc-7', 'alice', 'ews-1%plc-7'],
    ['alice+ews-1%plc-7', 'alice', 'ews-1%plc-7'],
    ['alice%+ews-1', 'alice', '+ews-1'],
    ['alice%%%ews-1', 'alice', '%ews-1'],
    ['', '', null],
  ])('`%s` is login `%s` and asset `%s`', (user, login, asset) => {
    expect(parseAddressee(user)).toEqual({ login, asset })
  })

  it('is cut when it is too long to be anything', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20, unit: 'binary' }), fc.nat(250), (text, times) => {
        const { login, asset } = parseAddressee(text.repeat(times))
        expect(login.length + (asset?.length ?? 0)).toBeLessThanOrEqual(512)
      }),
    )
  })
})
