// A telnet line over a real socket: what stops, what waits, and what never grows.

import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { TelnetLine } from '../../../../gateway/brokers/telnet/line.ts'
import { Unsent } from '../../../../gateway/brokers/ssh/unsent.ts'
import { TelnetGuard } from '../../../../gateway/guards/telnet/guard.ts'
import { eventually } from '../../../support/eventually.ts'

const IAC = 255
const [DO, WILL, ECHO, TTYPE] = [253, 251, 1, 24]

describe('a telnet line', () => {
  let line: TelnetLine
  let socket: Socket
  let target: Socket
  const closers: (() => void)[] = []

  beforeEach(async () => {
    const accepted = Promise.withResolvers<Socket>()
    const server = createServer((each) => {
      each.on('error', () => each.destroy())
      accepted.resolve(each)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    await new Promise((resolve) => socket.once('connect', resolve))
    target = await accepted.promise
    line = new TelnetLine(socket, new TelnetGuard('xterm', { cols: 80, rows: 24 }), () => undefined)
    closers.push(
      () => line.destroy(),
      () => target.destroy(),
      () => server.close(),
    )
  })
  afterEach(() => {
    for (const close of closers.splice(0)) close()
  })

  it('gives what the target said to its last byte, then ends', async () => {
    target.end(Buffer.concat([Buffer.from([IAC, WILL, ECHO]), Buffer.alloc(300_000, 'x'), Buffer.from('tail')]))
    const heard: Buffer[] = []
    for await (const part of line) heard.push(part as Buffer)
    const all = Buffer.concat(heard)
    expect(all.length).toBe(300_004)
    expect(all.subarray(-4).toString()).toBe('tail')
    expect(line.fault).toBe(null)
  })

  it('shows what is typed where the target speaks telnet and does not, but nothing of a login', async () => {
    target.write(Buffer.from([IAC, DO, TTYPE, 0x3e]))
    const heard: Buffer[] = []
    line.on('data', (part: Buffer) => heard.push(part))
    await eventually('it speaks', () => heard.length > 0)
    line.write('secret\r')
    line.loggedIn()
    line.write('ls\r')
    await eventually('it is shown', () => Buffer.concat(heard).includes('ls'))
    expect(Buffer.concat(heard).toString()).toBe('>ls\r\n')
    target.write(Buffer.from([IAC, WILL, ECHO, 0x3e]))
    await eventually('it shows by itself', () => Buffer.concat(heard).toString().endsWith('>'))
    line.write('more')
    expect(Buffer.concat(heard).includes('more')).toBe(false)
  })

  describe('that shows what is typed to a client that does not read', () => {
    const piece = Buffer.alloc(32 * 1024, 'k')
    let heard = 0
    let taken = 0
    let sent = 0
    let told = 0
    /** What telnet itself said to the target. */
    let answered = 0

    /** Writes pieces for as long as they are taken, as a client's channel does. */
    function write(pieces: number): void {
      while (sent < pieces) {
        sent++
        if (!line.write(piece, () => told++)) break
      }
      if (sent < pieces) line.once('drain', () => write(pieces))
    }

    /** Resolves when no more is taken, though the target takes everything: an echo waits. */
    async function writeUntilEchoWaits(pieces: number): Promise<void> {
      write(pieces)
      const isFull = (): boolean => line.writableNeedDrain && socket.writableLength === 0
      await eventually('it takes no more', () => sent === pieces || isFull())
      expect(line.readableLength).toBeLessThan(256 * 1024)
      expect(sent).toBeLessThan(pieces)
      expect(told).toBeLessThan(sent)
    }

    beforeEach(async () => {
      heard = taken = sent = told = 0
      target.on('data', (part: Buffer) => (taken += part.length))
      line.on('data', (part: Buffer) => (heard += part.length))
      target.write(Buffer.from([IAC, DO, TTYPE, 0x3e]))
      await eventually('it speaks', () => heard === 1)
      await eventually('the target is answered', () => taken > 0 && taken === socket.bytesWritten)
      answered = taken
      line.pause()
      line.loggedIn()
    })

    it('takes no more than a little, and the rest when it reads again', async () => {
      const pieces = 160
      await writeUntilEchoWaits(pieces)
      line.resume()
      await eventually('all is shown', () => heard === 1 + pieces * piece.length)
      await eventually('all has arrived', () => taken === answered + pieces * piece.length)
      await eventually('all is told as written', () => told >= pieces)
      expect([heard, taken]).toEqual([1 + pieces * piece.length, answered + pieces * piece.length])
    })

    it('lets nobody wait when the target ends the connection', async () => {
      await writeUntilEchoWaits(20)
      target.end()
      await eventually('all is told as written', () => told === 20)
      line.resume()
      await eventually('it ends', () => line.destroyed)
      expect(line.writableLength).toBe(0)
    })

    it('lets nobody wait when it is destroyed', async () => {
      await writeUntilEchoWaits(20)
      line.destroy()
      await eventually('every write is answered', () => told === sent)
      expect(line.writableLength).toBe(0)
    })

    it('throws away what waits behind it when input stops, and counts nothing that has left', async () => {
      const unsent = new Unsent(line)
      await writeUntilEchoWaits(20)
      const left = socket.bytesWritten - answered
      line.removeAllListeners('drain')
      unsent.stop(true)
      await eventually('every write is answered', () => told === sent)
      expect(unsent.takeDropped()).toBe(sent * piece.length - left)
      unsent.release()
      line.resume()
      line.write('after')
      await eventually('what comes after arrives', () => taken === answered + left + 5)
      expect(heard).toBe(1 + left + 5)
    })
  })
})

/** A connection whose other end takes nothing until it is let. */
class Stuck extends Duplex {
  readonly taken: Buffer[] = []
  #waiting: (() => void) | null = null
  #isOpen = false

  constructor() {
    super({ writableHighWaterMark: 1024 })
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.taken.push(bytes)
    if (this.#isOpen) done()
    else this.#waiting = done
  }

  open(): void {
    this.#isOpen = true
    this.#waiting?.()
  }
}

describe('a telnet line whose target takes nothing', () => {
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const make = (): { stuck: Stuck; line: TelnetLine } => {
    const stuck = new Stuck()
    const line = new TelnetLine(stuck, new TelnetGuard('xterm', { cols: 80, rows: 24 }), () => undefined)
    return { stuck, line }
  }

  it('is not read from while it does not take what it is answered', async () => {
    const { stuck, line } = make()
    line.resume()
    const offers = Buffer.from(Array.from({ length: 500 }, () => [IAC, DO, 99, 0x61]).flat())
    let said = 0
    // Each offer is answered, and text between them keeps that from being a flood.
    while (said < 1000) {
      said++
      if (!stuck.push(offers)) break
      await settled()
    }
    expect(stuck.isPaused()).toBe(true)
    expect(said).toBeLessThan(100)
    expect(stuck.writableLength).toBeLessThan(100_000)
    stuck.open()
    await eventually('it is read from again', () => !stuck.isPaused() && stuck.readableLength === 0)
    line.destroy()
  })

  it('throws away what has not left when input stops, and sends what comes after it goes on', async () => {
    const { stuck, line } = make()
    const unsent = new Unsent(line)
    for (const piece of ['a'.repeat(2000), 'rm -rf /', '; halt']) line.write(piece)
    await settled()
    unsent.stop(true)
    await settled()
    expect(unsent.takeDropped()).toBe('rm -rf /; halt'.length)
    unsent.release()
    line.write('after')
    stuck.open()
    await eventually('what comes after arrives', () => Buffer.concat(stuck.taken).includes('after'))
    expect(Buffer.concat(stuck.taken).toString()).toBe(`${'a'.repeat(2000)}after`)
    line.destroy()
  })
})
