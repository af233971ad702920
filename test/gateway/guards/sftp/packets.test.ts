import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Attributes } from '../../../../gateway/guards/sftp/attributes.ts'
import { longestPacket, packetTypes } from '../../../../gateway/guards/sftp/codes.ts'
import { packet, SftpFault, string, u32 } from '../../../../gateway/guards/sftp/fields.ts'
import {
  dataPacket,
  misfit,
  namePacket,
  readReply,
  readVersion,
  statusPacket,
} from '../../../../gateway/guards/sftp/replies.ts'
import { readRequest, writeRequest, type TargetRequest } from '../../../../gateway/guards/sftp/requests.ts'
import { PacketSplitter } from '../../../../gateway/guards/sftp/splitter.ts'

const id = fc.integer({ min: 0, max: 0xffff_ffff })
const path = fc
  .string({ unit: 'grapheme', maxLength: 60 })
  .filter((text) => !text.includes('\0') && text.isWellFormed())
const handle = fc.uint8Array({ maxLength: 256 }).map((bytes) => Buffer.from(bytes).toString('latin1'))
const offset = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const small = fc.integer({ min: 0, max: 0xffff_ffff })
const bytes = fc.uint8Array({ maxLength: 300 }).map((content) => Buffer.from(content))
const attributes: fc.Arbitrary<Attributes> = fc.record(
  {
    size: offset,
    owner: fc.record({ uid: small, gid: small }),
    permissions: small,
    times: fc.record({ access: small, change: small }),
    extended: fc.array(fc.tuple(bytes, bytes), { maxLength: 3 }),
  },
  { requiredKeys: [] },
)
const kind = <K extends string>(...kinds: K[]): fc.Arbitrary<K> => fc.constantFrom(...kinds)

const request = fc.oneof(
  fc.record({ kind: kind('open'), id, path, flags: fc.integer({ min: 0, max: 63 }), attributes }),
  fc.record({ kind: kind('mkdir', 'setstat', 'lsetstat'), id, path, attributes }),
  fc.record({
    kind: kind('opendir', 'remove', 'rmdir', 'realpath', 'stat', 'lstat', 'readlink', 'statvfs', 'expand-path'),
    id,
    path,
  }),
  fc.record({ kind: kind('rename', 'posix-rename', 'symlink', 'hardlink'), id, from: path, to: path }),
  fc.record({ kind: kind('close', 'fstat', 'readdir', 'fsync', 'fstatvfs'), id, handle }),
  fc.record({ kind: kind('fsetstat'), id, handle, attributes }),
  fc.record({ kind: kind('read'), id, handle, offset, length: small }),
  fc.record({ kind: kind('write'), id, handle, offset, data: bytes }),
  fc.record({ kind: kind('copy-data'), id, handle, offset, length: offset, into: handle, at: offset }),
  fc.record({ kind: kind('limits'), id }),
  fc.record({ kind: kind('init'), version: small }),
) as fc.Arbitrary<TargetRequest>

describe('SFTP packets', () => {
  it('are the same request after they were written and read', () => {
    fc.assert(
      fc.property(request, (one) => {
        expect(readRequest(writeRequest(one))).toEqual(one)
      }),
    )
  })

  it('are found whole, however they were split on their way', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 8 }), fc.array(fc.nat(40), { maxLength: 60 }), (requests, cuts) => {
        const frames = requests.map(writeRequest)
        let rest = Buffer.concat(frames)
        const splitter = new PacketSplitter()
        const found: Buffer[] = []
        for (const cut of cuts) {
          found.push(...splitter.take(rest.subarray(0, cut)))
          rest = rest.subarray(cut)
        }
        found.push(...splitter.take(rest))
        expect(found).toEqual(frames)
        expect(splitter.waiting).toBe(0)
      }),
    )
  })

  it('of any bytes are a request, or said to be none: nothing is thrown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 200 }), (type, body) => {
        const found = readRequest(packet(type, u32(5), body))
        expect(found.kind === 'init' || found.id === 5).toBe(true)
      }),
    )
  })

  it('that are understood are understood to their last byte', () => {
    fc.assert(
      fc.property(request, fc.uint8Array({ minLength: 1, maxLength: 9 }), (one, more) => {
        fc.pre(one.kind !== 'init')
        const whole = writeRequest(one)
        const longer = packet(whole.readUInt8(4), whole.subarray(5), more)
        expect(readRequest(longer).kind).toBe('malformed')
        expect(readRequest(packet(whole.readUInt8(4), whole.subarray(5, -1), Buffer.alloc(0))).kind).not.toBe(one.kind)
      }),
    )
  })

  it('of any bytes from a server are an answer or a fault, and nothing else is thrown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 200 }), (type, body) => {
        for (const read of [readReply, readVersion])
          try {
            read(packet(type, u32(5), body))
          } catch (error) {
            expect(error).toBeInstanceOf(SftpFault)
          }
      }),
    )
  })

  it('end at the first impossible length, for good, and nothing of it is kept', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(4), fc.integer({ min: longestPacket + 1, max: 0xffff_ffff })), (length) => {
        const splitter = new PacketSplitter()
        expect(() => [...splitter.take(u32(length))]).toThrow(SftpFault)
        expect(() => [...splitter.take(statusPacket(1, 0, ''))]).toThrow(SftpFault)
      }),
    )
  })
})

describe('an answer of a target', () => {
  const reply = (frame: Buffer) => readReply(frame)

  it('is none where it brings more than was asked for', () => {
    expect(misfit(reply(dataPacket(1, Buffer.alloc(11))), { kind: 'data', most: 10 })).toContain('11 bytes')
    expect(misfit(reply(dataPacket(1, Buffer.alloc(10))), { kind: 'data', most: 10 })).toBe(null)
  })

  it('is none where it says success and brings nothing', () => {
    expect(misfit(reply(statusPacket(1, 0, '')), { kind: 'handle' })).toContain('success')
    expect(misfit(reply(statusPacket(1, 0, '')), { kind: 'done' })).toBe(null)
    expect(misfit(reply(statusPacket(1, 4, '')), { kind: 'handle' })).toBe(null)
  })

  it('is none where a name in a folder would lead out of it', () => {
    expect(misfit(reply(namePacket(1, '../../.ssh/authorized_keys')), { kind: 'names' })).toContain('slash')
    expect(misfit(reply(namePacket(1, '/home/service')), { kind: 'name' })).toBe(null)
  })

  it('is none where a count promises more names than there are', () => {
    const short = packet(packetTypes.name, u32(1), u32(0xffff_ffff), string('a'), string('a'), u32(0))
    expect(() => readReply(short)).toThrow(SftpFault)
  })
})
