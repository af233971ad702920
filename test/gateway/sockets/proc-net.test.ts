import { describe, expect, it } from 'vitest'
import { parseTableLine, plainAddress, showAddress } from '../../../gateway/sockets/proc-net.ts'

const rest = '00000000:00000000 02:000A7214 00000000  1000        0 27113 2 0000000000000000 20 4 30 10 -1'

describe('a line of the kernel\u2019s socket table', () => {
  it('is read on a little-endian machine, where each four bytes stand turned round', () => {
    const line = `   3: 0100007F:08AE 070200C0:0016 01 ${rest}`
    expect(parseTableLine(line, true)).toEqual({
      local: { address: '127.0.0.1', port: 2222 },
      remote: { address: '192.0.2.7', port: 22 },
      state: 'open',
      inode: 27113,
    })
  })

  it('is read on a big-endian machine', () => {
    expect(parseTableLine(`3: 7F000001:08AE C0000207:0016 0A ${rest}`, false)).toMatchObject({
      local: { address: '127.0.0.1', port: 2222 },
      remote: { address: '192.0.2.7', port: 22 },
      state: 'listening',
    })
  })

  it('says an IPv6 address in its shortest form, and one that is IPv4 inside as IPv4', () => {
    const v6 = `0: B80D0120000000000000000007000000:0016 0000000000000000FFFF00000100007F:D431 08 ${rest}`
    expect(parseTableLine(v6, true)).toMatchObject({
      local: { address: '2001:db8::7', port: 22 },
      remote: { address: '127.0.0.1', port: 54321 },
      state: 'open',
    })
  })

  it('is nothing where it is the heading, cut, or of a state nobody knows', () => {
    expect(parseTableLine('  sl  local_address rem_address   st tx_queue rx_queue tr tm->when', true)).toBeNull()
    expect(parseTableLine('   3: 0100007F:08AE 070200C0', true)).toBeNull()
    expect(parseTableLine(`   3: 0100007F:08AE 070200C0:0016 7F ${rest}`, true)).toBeNull()
    expect(parseTableLine('', true)).toBeNull()
  })
})

describe('an address', () => {
  it('is said in one form, whoever says it', () => {
    expect(plainAddress('::ffff:192.0.2.7')).toBe('192.0.2.7')
    expect(plainAddress('fe80::1%eth0')).toBe('fe80::1')
    expect(plainAddress('2001:DB8::7')).toBe('2001:db8::7')
    expect(showAddress({ address: '2001:db8::7', port: 22 })).toBe('[2001:db8::7]:22')
  })
})
