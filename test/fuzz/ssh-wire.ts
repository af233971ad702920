// Targets: SSH itself, before the login and after it, against a listener of the gateway. Messages are sent over keys that
// were agreed on, so that what is damaged reaches what reads it, and not only the check of its integrity.

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { BrokerContext } from '../../gateway/brokers/broker.ts'
import type { Person } from '../../policy/index.ts'
import { openBareListener } from '../support/bare-listener.ts'
import { keyLogin, loginKey, message, openBareLogin, passwordLogin, type BareLogin } from '../support/bare-login.ts'
import { makeKey } from '../support/sshd.ts'
import type { FuzzTarget } from './target.ts'

/** Messages as one input: each after its length. */
const inputOf = (...messages: readonly Buffer[]): Buffer =>
  Buffer.concat(
    messages.flatMap((each) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(each.length)
      return [length, each]
    }),
  )

function messagesIn(bytes: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at + 2 < bytes.length && found.length < 64;) {
    const length = bytes.readUInt16BE(at)
    found.push(bytes.subarray(at + 2, at + 2 + length))
    at += 2 + length
  }
  return found.filter(({ length }) => length > 0)
}

const session = message(90, 'session', 0, 2_097_152, 32_768)
const ask = (name: string, ...rest: readonly (string | number | boolean)[]): Buffer =>
  message(98, 0, name, true, ...rest)
const terminal = ask('pty-req', 'xterm', 80, 24, 0, 0, '')
const afterLogin = [
  inputOf(session, terminal, ask('shell'), message(94, 0, 'ls\r'), message(96, 0), message(97, 0)),
  inputOf(
    session,
    ask('env', 'LANG', 'C'),
    ask('exec', 'scp -t /a'),
    message(94, 0, 'C0644 1 a\n'),
    message(93, 0, 100),
  ),
  inputOf(session, ask('subsystem', 'sftp'), message(95, 0, 1, 'err'), ask('signal', 'INT'), ask('break', 500)),
  inputOf(message(90, 'direct-tcpip', 0, 65_536, 32_768, 'plc-7', 502, '127.0.0.1', 1)),
  inputOf(message(80, 'tcpip-forward', true, '0.0.0.0', 80), message(80, 'keepalive@openssh.com', true)),
  inputOf(session, terminal, ask('window-change', 1, 1, 0, 0), message(97, 7), message(99, 0), message(192, 'x')),
  inputOf(
    message(50, 'x', 'ssh-connection', 'none'),
    message(5, 'ssh-userauth'),
    message(21),
    message(30, 'x'),
    message(2, 'x'),
  ),
]
const beforeLogin = [
  inputOf(message(50, 'vendor%ews-1', 'ssh-connection', 'none'), passwordLogin('vendor', 'secret')),
  inputOf(message(50, 'a', 'ssh-connection', 'keyboard-interactive', '', ''), message(61, 2, 'one', 'two')),
  inputOf(message(50, 'a', 'ssh-connection', 'publickey', false, 'ssh-ed25519', 'blob'), message(7, 1, 'ext', 'x')),
  inputOf(message(50, 'a', 'ssh-connection', 'publickey', true, 'ssh-ed25519-cert-v01@openssh.com', 'blob', 'sig')),
  inputOf(session, message(2, 'ignored'), message(4, true, 'debug', ''), message(3, 7), message(1, 11, 'bye', '')),
]

/** Sends what the bytes hold, and waits until the gateway has answered something after it, or closed. */
async function send(login: BareLogin, bytes: Buffer): Promise<void> {
  for (const each of messagesIn(bytes)) login.send(each)
  // What it does not know it answers as such (RFC 4253 section 11.4); what has closed answers nothing.
  login.send(message(250))
  const closed = new Promise<void>((resolve) => login.client.once('close', resolve))
  login.close()
  await closed
}

/** Does the listener still serve others? */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', reject)
    socket.once('data', (bytes) => {
      socket.destroy()
      resolve(bytes.toString('latin1').startsWith('SSH-2.0-'))
    })
  })
}

/** @param folder made anew, for keys. */
export async function startSshWire(folder: string): Promise<{ targets: FuzzTarget[]; stop(): Promise<void> }> {
  mkdirSync(folder, { recursive: true })
  const key = loginKey(readFileSync(await makeKey(join(folder, 'user')), 'utf8'))
  const person = {
    id: 'per_x',
    login: 'vendor',
    displayName: 'Vendor',
    roles: ['vendor'],
    plants: [],
  } as unknown as Person
  const context: Partial<BrokerContext> = {
    admit: async () => ({ kind: 'refused', text: 'nobody is let in here' }),
    reachable: async () => [],
    refusedFeature: () => undefined,
  }
  const listener = await openBareListener({
    context,
    authenticator: { publicKey: async () => ({ kind: 'complete', login: { person, mfa: [] } }) },
  })
  const faults: unknown[] = []
  const escaped = (error: unknown): void => void faults.push(error)
  process.on('uncaughtException', escaped)
  process.on('unhandledRejection', escaped)

  /** A connection that nobody ends any more is a fault as well. */
  async function judge(bytes: Buffer, isIn: boolean): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('neither answered nor closed within a minute')), 60_000)
    })
    await Promise.race([tried(bytes, isIn), late]).finally(() => clearTimeout(timer))
  }

  async function tried(bytes: Buffer, isIn: boolean): Promise<void> {
    const login = await openBareLogin(listener.port)
    if (isIn) {
      login.send(keyLogin(login.sessionId, 'vendor', key))
      assert.equal((await login.next())?.[0], 52)
    }
    await send(login, bytes)
    assert.ok(await greets(listener.port))
    if (faults.length > 0) throw faults.pop()
  }
  return {
    targets: [
      {
        name: 'ssh-before-login',
        reads: ['gateway/brokers/ssh/server.ts: listenSsh'],
        promise: 'is answered or ends the connection, and others are served on',
        samples: beforeLogin,
        judge: (bytes) => judge(bytes, false),
        share: 10,
      },
      {
        name: 'ssh-after-login',
        reads: ['gateway/brokers/ssh/connection.ts: serveConnection'],
        promise: 'is answered or ends the connection, and others are served on',
        samples: afterLogin,
        judge: (bytes) => judge(bytes, true),
        share: 10,
      },
    ],
    async stop() {
      process.off('uncaughtException', escaped)
      process.off('unhandledRejection', escaped)
      await listener.stop()
    },
  }
}
