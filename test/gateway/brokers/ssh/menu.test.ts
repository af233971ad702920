import { Duplex } from 'node:stream'
import type { ServerChannel } from 'ssh2'
import { describe, expect, it } from 'vitest'
import { chooseAsset } from '../../../../gateway/brokers/ssh/menu.ts'
import { eventually } from '../../../support/eventually.ts'

const items = ['ews-1', 'hist-1'].map((asset) => ({ asset, name: asset, plant: 'north', timeZone: 'UTC', until: 0 }))

/** A channel whose reader reads, or holds every write back until it is told to. */
function channel({ reading = true } = {}) {
  let shown = ''
  let open = reading
  let held: (() => void) | null = null
  const duplex = new Duplex({
    read: () => undefined,
    write(part: Buffer, _encoding, done) {
      shown += part.toString()
      if (open) done()
      else held = done
    },
  })
  return {
    channel: duplex as unknown as ServerChannel,
    types: (keys: string) => duplex.push(keys),
    hangsUp: () => duplex.push(null),
    shown: () => shown,
    rest: () => String(duplex.read() ?? ''),
    waiting: () => duplex.writableLength,
    readsOn() {
      open = true
      held?.()
    },
  }
}

describe('the menu', () => {
  it('takes a number or a name, shows it, and leaves what follows in the channel', async () => {
    for (const [typed, asset] of [
      ['1\r', 'ews-1'],
      ['hist-x\x7f1\r', 'hist-1'],
    ] as const) {
      const peer = channel()
      const choice = chooseAsset(peer.channel, items)
      peer.types(`${typed}ls\r`)
      expect(await choice).toEqual({ kind: 'chosen', asset })
      expect(peer.rest()).toBe('ls\r')
      expect(peer.shown()).toContain('> ' + (typed === '1\r' ? '1' : 'hist-x\b \b1') + '\r\n')
    }
  })

  it('is left with q, with the keys that end things, and by hanging up', async () => {
    for (const keys of ['q\r', 'quit\n', '\x03', '\x04']) {
      const peer = channel()
      peer.types(keys)
      expect(await chooseAsset(peer.channel, items)).toEqual({ kind: 'left' })
    }
    const peer = channel()
    const choice = chooseAsset(peer.channel, items)
    peer.hangsUp()
    expect(await choice).toEqual({ kind: 'left' })
  })

  it('gives up after twenty tries', async () => {
    const peer = channel()
    const choice = chooseAsset(peer.channel, items)
    peer.types('\r'.repeat(19))
    await eventually('they are answered', () => peer.shown().split('or a name above\r\n> ').length === 20)
    peer.types('nonsense\r')
    expect(await choice).toEqual({
      kind: 'given-up',
      text: 'expected a number from 1 to 2 or a name above, got neither',
    })
  })

  it('listens no more while its answers are not read', async () => {
    const peer = channel({ reading: false })
    const choice = chooseAsset(peer.channel, items)
    for (let i = 0; i < 1000; i++) peer.types('x\b'.repeat(500))
    const menu = peer.shown().length
    await new Promise((resolve) => setImmediate(resolve))
    expect(peer.waiting()).toBeLessThanOrEqual(menu)
    expect(peer.channel.readableLength).toBe(1_000_000)
    peer.readsOn()
    peer.types('2\r')
    expect(await choice).toEqual({ kind: 'chosen', asset: 'hist-1' })
  })

  it('does not wait for ever', async () => {
    const choice = chooseAsset(channel().channel, items, 1)
    expect(await choice).toEqual({
      kind: 'given-up',
      text: 'nothing was chosen for a while: come back when you are ready',
    })
  })
})
