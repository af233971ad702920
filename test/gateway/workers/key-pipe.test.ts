// Signatures with host keys that stay in another process: over a real pipe to a real child, which real OpenSSH visits; and
// the frames for themselves, whatever is in them.

import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generateOpensshKey } from '../../../certs-dev/openssh-key.ts'
import { signWithHostKey } from '../../../gateway/brokers/ssh/remote-host-keys.ts'
import { isSignedByPlainKey } from '../../../gateway/identity/certificates/signature.ts'
import { Secret } from '../../../gateway/secret.ts'
import { answerSignatures, decodeAsk, encodeAsk, type SignatureAsk } from '../../../gateway/workers/key-pipe.ts'
import { makeSigningKey } from '../../support/login-key.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('remote-keys-child.ts', import.meta.url))
const signer = signWithHostKey([
  new Secret(generateOpensshKey('host').private),
  new Secret(makeSigningKey('ecdsa-sha2-nistp256').pem),
  new Secret(makeSigningKey('ssh-rsa').pem),
])

describe('host keys in another process', () => {
  let child: ChildProcess
  let port: string
  let folder: string
  let asks: SignatureAsk[]
  let faults: string[]
  let mayI: (ask: SignatureAsk) => boolean

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-key-pipe-'))
    ;[asks, faults, mayI] = [[], [], () => true]
    const blobs = signer.publicKeys.map((blob) => Buffer.from(blob).toString('base64'))
    child = spawn(process.execPath, [program, ...blobs], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] })
    const pipe = child.stdio[3]
    if (!(pipe instanceof Duplex)) throw new Error('no pipe')
    answerSignatures(
      pipe,
      (ask) => {
        asks.push({ ...ask, data: Buffer.from(ask.data) })
        return mayI(ask) ? signer.sign(ask.key, ask.data, ask.hash) : null
      },
      (why) => faults.push(why),
    )
    const [first] = await once(child.stdout ?? child, 'data')
    port = String(first).trim()
    const known = signer.publicKeys.map((blob) => {
      const type = blob.slice(4, 4 + Buffer.from(blob).readUInt32BE(0))
      return `[127.0.0.1]:${port} ${Buffer.from(type).toString()} ${Buffer.from(blob).toString('base64')}`
    })
    await writeFile(join(folder, 'known'), `${known.join('\n')}\n`)
  })
  afterEach(async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
    await rm(folder, { recursive: true, force: true })
  })

  const visit = (algorithm: string, more: readonly string[] = []) => {
    const known = `UserKnownHostsFile=${join(folder, 'known')}`
    const settings = ['StrictHostKeyChecking=yes', known, 'BatchMode=yes', `HostKeyAlgorithms=${algorithm}`, ...more]
    const options = settings.flatMap((setting) => ['-o', setting])
    return run('ssh', ['-F', 'none', '-p', port, ...options, 'who@127.0.0.1', 'hostname'])
  }

  it.each([
    ['ssh-ed25519', 0, null],
    ['ecdsa-sha2-nistp256', 1, null],
    ['rsa-sha2-256', 2, 'sha256'],
    ['rsa-sha2-512', 2, 'sha512'],
  ] as const)('complete an exchange with OpenSSH that asks for %s', async (algorithm, key, hash) => {
    expect((await visit(algorithm)).stdout).toBe('ran hostname')
    expect(asks).toEqual([{ connection: 1, key, hash, data: expect.any(Buffer) }])
  })

  it('sign for every exchange of a connection, whatever hash it goes by', async () => {
    for (const curve of ['nistp384', 'nistp521']) {
      const { stdout } = await visit('ssh-ed25519', [`KexAlgorithms=ecdh-sha2-${curve}`])
      expect(stdout).toBe('ran hostname')
    }
    expect(asks.map(({ connection, data }) => [connection, data.length])).toEqual([
      [1, 48],
      [2, 64],
    ])
  })

  it('are all seen by ssh-keyscan', async () => {
    const { stdout } = await run('ssh-keyscan', ['-p', port, '-t', 'ed25519,ecdsa,rsa', '127.0.0.1'])
    for (const blob of signer.publicKeys) expect(stdout).toContain(Buffer.from(blob).toString('base64'))
  })

  it('end only the connection that is refused one', async () => {
    mayI = ({ connection }) => connection !== 1
    await expect(visit('ssh-ed25519')).rejects.toMatchObject({ code: 255 })
    expect((await visit('ssh-ed25519')).stdout).toBe('ran hostname')
    expect(faults).toEqual([])
  })
})

const hashLength = fc.constantFrom(32, 48, 64)
const hash = fc.constantFrom(null, 'sha256' as const, 'sha512' as const)
const ask: fc.Arbitrary<SignatureAsk> = hashLength.chain((size) =>
  fc.record({
    connection: fc.integer({ min: 0, max: 0xffffffff }),
    key: fc.integer({ min: 0, max: 255 }),
    data: fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => Buffer.from(bytes)),
    hash,
  }),
)

describe('an ask for a signature', () => {
  it('is read as it was written, and is short until its last byte', () => {
    fc.assert(
      fc.property(ask, fc.nat(), (one, cut) => {
        const bytes = encodeAsk(one)
        expect(decodeAsk(bytes)).toEqual(one)
        expect(decodeAsk(bytes.subarray(0, cut % bytes.length))).toBe('short')
      }),
    )
  })

  it('is never for anything but an exchange hash, whatever bytes come', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.tuple(ask, fc.uint8Array()).map(lengthened)),
        (bytes) => {
          const read = decodeAsk(Buffer.from(bytes))
          if (read === 'short' || 'fault' in read) return
          expect([32, 48, 64]).toContain(read.data.length)
          expect(encodeAsk(read)).toEqual(Buffer.from(bytes))
        },
      ),
    )
    expect(() => encodeAsk({ connection: 1, key: 0, data: Buffer.alloc(33), hash: null })).toThrow('got 33 bytes')
    expect(() => encodeAsk({ connection: 1, key: 0, data: Buffer.alloc(32), hash: 'md5' })).toThrow('`md5`')
  })
})

const lengthened = ([one, more]: [SignatureAsk, Uint8Array]): Buffer => Buffer.concat([encodeAsk(one), more])

/** A pipe whose far end is fed by hand; what is written to it is kept, and taken only while `takes`. */
function handFed() {
  const written: Buffer[] = []
  const state = { takes: true }
  const pipe = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk)
      if (state.takes) done()
    },
  })
  const faults: string[] = []
  const asked: SignatureAsk[] = []
  answerSignatures(
    pipe,
    (one) => {
      asked.push(one)
      return Buffer.alloc(2_000, 7)
    },
    (why) => faults.push(why),
  )
  const feed = async (bytes: Uint8Array): Promise<void> => {
    pipe.push(Buffer.from(bytes))
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { pipe, written, faults, asked, feed, state }
}

const good = encodeAsk({ connection: 1, key: 0, data: Buffer.alloc(32), hash: null })

describe('the core', () => {
  it('answers an ask in however many pieces it comes', async () => {
    const { feed, written, asked, faults } = handFed()
    for (const byte of good) await feed(Buffer.from([byte]))
    await feed(good)
    expect([asked.length, faults]).toEqual([2, []])
    expect(written.map((bytes) => [bytes.length, bytes.readUInt32BE(0)])).toEqual([
      [2_004, 2_000],
      [2_004, 2_000],
    ])
  })

  it.each([
    ['of more than an exchange hash', Buffer.from([0, 0, 0, 39])],
    ['of a gigabyte', Buffer.from([64, 0, 0, 0])],
    ['of nothing', Buffer.from([0, 0, 0, 0])],
    ['by a hash that is none', Buffer.concat([good.subarray(0, 9), Buffer.from([3]), good.subarray(10)])],
    ['and another one before it was answered', Buffer.concat([good, good])],
  ])('takes an ask %s for a fault, once, and closes the pipe', async (_what, bytes) => {
    const { feed, pipe, asked, faults, written } = handFed()
    await feed(bytes)
    pipe.emit('data', bytes)
    expect([faults.length, asked.length, written.length, pipe.destroyed]).toEqual([1, 0, 0, true])
  })

  it('takes it for a fault that answers are not taken', async () => {
    const { feed, faults, asked, state } = handFed()
    state.takes = false
    for (let i = 0; i < 10; i++) await feed(good)
    expect([faults.length, asked.length]).toEqual([1, 3])
  })
})

describe('the keys themselves', () => {
  const data = Buffer.alloc(32, 5)
  const blobOf = (key: number): Uint8Array => signer.publicKeys[key] ?? Buffer.alloc(0)

  it.each([
    [0, null],
    [1, null],
    [2, 'sha256'],
    [2, 'sha512'],
  ] as const)('sign: number %i with %s', (key, by) => {
    const signature = signer.sign(key, data, by)
    expect(isSignedByPlainKey(blobOf(key), { data, signature: signature ?? Buffer.alloc(0), hash: by })).toBe(true)
  })

  it.each([
    [0, 'sha256'],
    [1, 'sha512'],
    [2, null],
    [2, 'sha1'],
    [3, null],
    [-1, null],
  ])('do not sign: number %i with %s', (key, by) => expect(signer.sign(key, data, by)).toBeNull())

  it('are private ones without passphrase', () => {
    const { public: line } = generateOpensshKey('host')
    for (const text of [line, 'no key', '']) expect(() => signWithHostKey([new Secret(text)])).toThrow('host key 0')
  })
})
