// The beginning of an SSH client written from the documents alone (RFC 4253, draft-ietf-sshm-mlkem-hybrid-kex), so that what
// the gateway says is not checked with the library that says it. It goes as far as the server's signature.

import {
  createHash,
  createPublicKey,
  decapsulate,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
  verify,
  type KeyObject,
} from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

import { wireString } from '../../gateway/identity/certificates/wire.ts'

export const version = 'SSH-2.0-Bare'

/** A packet without encryption (RFC 4253 section 6). */
export function packet(payload: Uint8Array): Buffer {
  const padding = 8 - ((5 + payload.length) % 8) + (8 - ((5 + payload.length) % 8) < 4 ? 8 : 0)
  const head = Buffer.alloc(5)
  head.writeUInt32BE(1 + payload.length + padding)
  head[4] = padding
  return Buffer.concat([head, payload, Buffer.alloc(padding)])
}

export interface Lists {
  readonly kex?: readonly string[]
  readonly hostKeys?: readonly string[]
}

export function kexInit({
  kex = ['mlkem768x25519-sha256', 'ext-info-c', 'kex-strict-c-v00@openssh.com'],
  hostKeys = ['ssh-ed25519'],
}: Lists = {}): Buffer {
  const lists = [
    kex,
    hostKeys,
    ['aes128-gcm@openssh.com'],
    ['aes128-gcm@openssh.com'],
    [],
    [],
    ['none'],
    ['none'],
    [],
    [],
  ]
  return Buffer.concat([
    Buffer.from([20]),
    randomBytes(16),
    ...lists.map((list) => wireString(list.join(','))),
    Buffer.alloc(5),
  ])
}

/** The strings in a row at the beginning of these bytes. */
export function strings(bytes: Buffer, count: number): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; found.length < count;) {
    const length = bytes.readUInt32BE(at)
    found.push(bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return found
}

export interface BareClient {
  readonly socket: Socket
  /** The server's first line, without its end. */
  readonly banner: string
  send(payload: Uint8Array): void
  /** The next packet's payload; null when the server has closed. */
  next(): Promise<Buffer | null>
}

/** Connects and says the version; what comes then is up to the test. */
export async function bareClient(port: number, says = `${version}\r\n`): Promise<BareClient> {
  const socket = connect(port, '127.0.0.1')
  let got: Buffer = Buffer.alloc(0)
  let isOver = false
  let wake: () => void = () => undefined
  socket.on('data', (part: Buffer) => {
    got = Buffer.concat([got, part])
    wake()
  })
  socket.on('error', () => socket.destroy())
  socket.once('close', () => {
    isOver = true
    wake()
  })
  const more = (): Promise<void> => new Promise((resolve) => (wake = resolve))
  await once(socket, 'connect')
  socket.write(says)
  while (!got.includes(10) && !isOver) await more()
  const end = got.indexOf(10)
  const banner = got.subarray(0, Math.max(end, 0)).toString('latin1').trimEnd()
  got = got.subarray(end + 1)
  return {
    socket,
    banner,
    send: (payload) => void socket.write(packet(payload)),
    async next() {
      for (;;) {
        if (got.length >= 4 && got.length >= 4 + got.readUInt32BE(0)) break
        if (isOver) return null
        await more()
      }
      const length = got.readUInt32BE(0)
      const payload = got.subarray(5, 4 + length - (got[4] ?? 0))
      got = got.subarray(4 + length)
      return payload
    },
  }
}

const spki = (prefix: string, raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([Buffer.from(prefix, 'hex'), raw]), type: 'spki', format: 'der' })
const rawEnd = (key: KeyObject, length: number): Buffer => key.export({ type: 'spki', format: 'der' }).subarray(-length)

/**
 * A hybrid key exchange by the draft's steps. Gives the server's signature as judged with its own host key.
 * @param spoil changes C_INIT before it is sent.
 */
export async function exchangeHybrid(
  client: BareClient,
  init = kexInit(),
  spoil: (sent: Buffer) => Buffer = (sent) => sent,
): Promise<{ readonly isSigned: boolean; readonly reply: number } | null> {
  client.send(init)
  const serverInit = await client.next()
  if (serverInit === null) return null
  const [mlkem, x25519] = [generateKeyPairSync('ml-kem-768'), generateKeyPairSync('x25519')]
  const sent = spoil(Buffer.concat([rawEnd(mlkem.publicKey, 1184), rawEnd(x25519.publicKey, 32)]))
  client.send(Buffer.concat([Buffer.from([30]), wireString(sent)]))
  const answer = await client.next()
  if (answer === null || answer[0] !== 31) return null
  const [hostKey = Buffer.alloc(0), reply = Buffer.alloc(0), signature = Buffer.alloc(0)] = strings(
    answer.subarray(1),
    3,
  )
  const postQuantum = decapsulate(mlkem.privateKey, reply.subarray(0, 1088))
  const theirs = spki('302a300506032b656e032100', reply.subarray(1088))
  const classical = diffieHellman({ privateKey: x25519.privateKey, publicKey: theirs })
  const secret = createHash('sha256').update(postQuantum).update(classical).digest()
  const said = [version, client.banner, init, serverInit, hostKey, sent, reply, secret]
  const hash = createHash('sha256')
  for (const part of said) hash.update(wireString(part))
  const [, key = Buffer.alloc(0)] = strings(hostKey, 2)
  const [, value = Buffer.alloc(0)] = strings(signature, 2)
  return { isSigned: verify(null, hash.digest(), spki('302a300506032b6570032100', key), value), reply: reply.length }
}
