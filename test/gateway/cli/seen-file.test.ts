import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { addressesIn, type SeenColumns } from '../../../gateway/cli/seen-file.ts'

async function read(text: string, columns: SeenColumns = {}) {
  let skipped = 0
  const addresses: string[] = []
  for await (const address of addressesIn(Readable.from([text]), columns, (count) => (skipped += count)))
    addresses.push(address)
  return { addresses, skipped }
}

describe('a CSV of flows', () => {
  it('gives the addresses of the columns that tools name so', async () => {
    const text = 'ts,sa,da,dp\n2026-11-21,10.20.1.11,10.20.3.4,22\n2026-11-21,10.20.9.9,2001:DB8::7,102\n'
    expect(await read(text)).toEqual({
      addresses: ['10.20.1.11', '10.20.3.4', '10.20.9.9', '2001:db8::7'],
      skipped: 0,
    })
  })

  it('takes the columns that are named, and semicolons', async () => {
    const text = '\ufeffQuelle;Ziel;Bytes\n10.20.1.11;rechner;7\n;10.20.3.4;9\n'
    expect(await read(text, { column: ['quelle', 'Ziel'] })).toEqual({
      addresses: ['10.20.1.11', '10.20.3.4'],
      skipped: 1,
    })
  })

  it('is refused where no column holds addresses, none is so called, or it is empty', async () => {
    await expect(read('a,b\n1,2\n')).rejects.toThrow('name it with --column: its columns are a, b')
    await expect(read('sa,da\n1,2\n', { column: ['src'] })).rejects.toThrow('no column `src`: its columns are sa, da')
    await expect(read('')).rejects.toThrow('got an empty file')
  })

  it('is read a row at a time, however long it is', async () => {
    let produced = 0
    const endless = new Readable({
      read() {
        produced++
        this.push(produced === 1 ? 'src\n' : '10.20.1.1\n'.repeat(1000))
      },
    })
    let taken = 0
    for await (const address of addressesIn(endless, {}, () => undefined)) {
      expect(address).toBe('10.20.1.1')
      if (++taken === 5000) break
    }
    endless.destroy()
    expect(produced).toBeLessThan(200)
  })
})
