// A login of which the test sends each message itself (RFC 4252), over keys that ssh2 has agreed on: what no client would
// send, in any order.

import ssh2, { type Client } from 'ssh2'

import { wireString } from '../../gateway/identity/certificates/wire.ts'
import { watchPayloads } from '../../gateway/brokers/ssh/payload-watch.ts'
import { sendMessage } from './library-client.ts'

export interface BareLogin {
  readonly client: Client
  /** What signatures of this connection begin with. */
  readonly sessionId: Buffer
  send(message: Uint8Array): void
  /** The next message of login or later; null when the gateway has closed. */
  next(): Promise<Buffer | null>
  close(): void
}

/** Numbers of messages (RFC 4252 section 6, RFC 4256 section 5). */
export const kinds = {
  disconnect: 1,
  request: 50,
  failure: 51,
  success: 52,
  banner: 53,
  keyIsGood: 60,
  question: 60,
  answers: 61,
  channelOpen: 90,
} as const

/** A message: texts and bytes as strings, numbers as uint32, booleans as such. */
export function message(kind: number, ...fields: readonly (string | Uint8Array | number | boolean)[]): Buffer {
  const parts = fields.map((field) => {
    if (typeof field === 'boolean') return Buffer.from([Number(field)])
    if (typeof field !== 'number') return wireString(field)
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(field)
    return bytes
  })
  return Buffer.concat([Buffer.from([kind]), ...parts])
}

/** Connects, agrees on keys and asks for the login service; what comes then is up to the test. */
export function openBareLogin(port: number): Promise<BareLogin> {
  const client = new ssh2.Client()
  const waiting: Buffer[] = []
  let isOver = false
  let wake: () => void = () => undefined
  client.on('error', () => client.end())
  client.once('close', () => {
    isOver = true
    wake()
  })
  return new Promise((resolve, reject) => {
    client.once('close', () => reject(new Error('the gateway closed before the login')))
    client.connect({
      host: '127.0.0.1',
      port,
      username: 'nobody',
      readyTimeout: 0,
      // Never answered: ssh2 sends nothing by itself.
      authHandler: () => {
        const { _protocol } = client as unknown as { _protocol: { _kex: { sessionID: Buffer } } }
        resolve({
          client,
          sessionId: _protocol._kex.sessionID,
          send: (bytes) => sendMessage(client, Buffer.from(bytes)),
          async next() {
            for (;;) {
              const first = waiting.shift()
              if (first) return first
              if (isOver) return null
              await new Promise<void>((come) => (wake = come))
            }
          },
          close: () => void client.end(),
        })
      },
    })
    watchPayloads(client, (payload) => {
      const kind = payload[0] ?? 0
      if (kind < kinds.request || kind === kinds.banner) return payload
      waiting.push(Buffer.from(payload))
      wake()
      return null
    })
  })
}

/** A key as ssh2 reads it. */
export interface LoginKey {
  readonly blob: Buffer
  sign(data: Buffer): Buffer
}

/** Of an unencrypted private key file of type ed25519. */
export function loginKey(file: string): LoginKey {
  const key = ssh2.utils.parseKey(file)
  if (key instanceof Error) throw key
  return { blob: key.getPublicSSH(), sign: (data) => key.sign(data) }
}

const algorithm = 'ssh-ed25519'
const service = 'ssh-connection'

/** `publickey` without a signature: may this key be tried? */
export const keyQuestion = (user: string, { blob }: Pick<LoginKey, 'blob'>): Buffer =>
  message(kinds.request, user, service, 'publickey', false, algorithm, blob)

/** What a key of `user` signs on this connection (RFC 4252 section 7). */
export const signedFor = (sessionId: Buffer, user: string, blob: Buffer): Buffer =>
  Buffer.concat([wireString(sessionId), message(kinds.request, user, service, 'publickey', true, algorithm, blob)])

/** `publickey` with this signature, whatever it is of. */
export const keyProof = (user: string, blob: Buffer, signature: Uint8Array): Buffer =>
  Buffer.concat([
    message(kinds.request, user, service, 'publickey', true, algorithm, blob),
    wireString(Buffer.concat([wireString(algorithm), wireString(signature)])),
  ])

/** `publickey` as it ought to be. */
export const keyLogin = (sessionId: Buffer, user: string, key: LoginKey): Buffer =>
  keyProof(user, key.blob, key.sign(signedFor(sessionId, user, key.blob)))

export const passwordLogin = (user: string, password: string): Buffer =>
  message(kinds.request, user, service, 'password', false, password)

export const dialogue = (user: string): Buffer => message(kinds.request, user, service, 'keyboard-interactive', '', '')

export const answersOf = (...answers: readonly string[]): Buffer => message(kinds.answers, answers.length, ...answers)

/** What an answer is, in a word. */
export function wordFor(answer: Buffer | null): string {
  switch (answer?.[0]) {
    case undefined:
      return 'closed'
    case kinds.success:
      return 'in'
    case kinds.failure:
      return answer.at(-1) === 1 ? 'half' : 'no'
    case kinds.question:
      return 'asked'
    default:
      return `message ${answer?.[0]}`
  }
}
