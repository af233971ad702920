// What a worker may say: what ours say passes, and nothing passes that is of another form.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFromWorker, type Asks, type Said } from '../../../gateway/workers/asks.ts'
import { isBrokerReason } from '../../../gateway/workers/broker-reasons.ts'

const session = `ses_${'a0'.repeat(13)}`
const file = `fil_${'b1'.repeat(13)}`
const bytes = Buffer.from('bytes')
const negotiated = {
  kex: 'mlkem768x25519-sha256',
  hostKey: 'ssh-ed25519',
  toServer: { cipher: 'aes128-gcm@openssh.com', mac: null },
  toClient: { cipher: 'aes128-ctr', mac: 'hmac-sha2-256' },
}
const offer: Asks['file.takeIn']['offer'] = {
  program: 'sftp',
  direction: 'in',
  path: '/srv/ö/\ud800\n',
  allowance: {
    kind: 'allowed',
    rules: ['drop'],
    crossing: 'scan',
    withoutVerdict: 'hold',
    releasedBy: ['approver'],
    declaredOnly: false,
    largest: 2 ** 40,
    retention: ['short'],
  },
}
const visitor = { connection: 1, jump: true }
const login = { connection: 1, login: 'vendor%ews-1' }
const key = { key: bytes, data: bytes, signature: bytes, hash: 'sha256' }
const shown = { algorithm: 'ssh-ed25519-cert-v01@openssh.com', blob: bytes, signed: bytes, signature: bytes }

/** One of each, as ours say it. */
const ours: Asks & Said = {
  'auth.password': { ...login, password: 'p\u0000w' },
  'auth.knowsKey': { ...login, key: bytes },
  'auth.publicKey': { ...login, ...key },
  'auth.knowsCertificate': { ...login, algorithm: shown.algorithm, blob: bytes },
  'auth.certificate': { ...login, ...shown },
  'auth.wrongMethod': login,
  'auth.totp': { connection: 1, proof: 1, code: '123456' },
  'auth.abandoned': { connection: 1, proof: 1 },
  admit: { ...visitor, named: 'ews-1' },
  admitInClear: { ...visitor, named: 'hist-1' },
  admitTunnel: { ...visitor, named: 'hist-1', port: 502 },
  destination: { ...visitor, named: 'hist-1', port: 502 },
  reachable: visitor,
  'session.begun': { session },
  'session.hasCredential': { session },
  'session.hostKeys': { session },
  'session.negotiated': {
    session,
    facts: { software: 'OpenSSH_9.2', hostKey: 'ssh-ed25519 AAAA', algorithms: negotiated },
    client: negotiated,
  },
  'session.credential': { session },
  'session.admitChannel': { session },
  'session.reach': { session, port: 502 },
  'session.reachedInClear': { session, client: null },
  'session.password': { session },
  'session.unlock': { session, code: '123456' },
  'session.closed': { session },
  'seal.sign': { session, text: bytes },
  'file.takeIn': { session, offer },
  'file.crossed': {
    session,
    file: { ...offer, bytes: 5, sha256: null },
  },
  'file.stepped': { session, step: { program: 'scp', step: 'rename', path: 'a', to: 'b', refused: null } },
  'file.write': { file, offset: 2 ** 40, bytes },
  'file.read': { file, offset: 0, length: 32_768 },
  'file.truncate': { file, size: 0 },
  'file.settle': { file },
  'file.delivered': { file, text: null },
  'file.abandon': { file, text: 'the client is gone' },
  pong: null,
  log: { level: 'warn', fields: { err: { message: 'x' } }, text: 'SSH connection ended' },
  left: { connection: 1 },
  turnedAway: { connection: 1, why: 'grace' },
  entered: { connection: 1 },
  refused: { ...visitor, feature: 'agent', detail: null },
  'session.listen': { session },
  'session.connected': {
    session,
    leg: { local: { address: '10.0.0.1', port: 40_000 }, remote: { address: '10.0.0.2', port: 22 } },
    number: 0,
  },
  'session.strangeHostKey': { session, key: 'ssh-ed25519 AAAA' },
  'session.refused': { session, feature: 'x11', detail: 'not here' },
  'session.ending': { session, reason: 'client' },
  'session.withdrawn': { session, tunnels: ['hist-1:502'] },
  'recording.grown': {
    session,
    length: 1,
    channels: 1,
    bytesIn: 1,
    bytesOut: 1,
    hasTerminal: true,
    takesChannels: true,
    typedAt: 1,
    movedAt: 1,
  },
  'recording.waits': { session, waits: true },
  'recording.failed': { session, message: 'ENOSPC' },
  'file.abort': { file },
  pace: { writeMs: 0.5, syncMs: 12.25 },
}
const all = Object.entries(ours)
const passes = (name: string, body: unknown): boolean => 'value' in parseFromWorker(name, body)

describe('what a worker says', () => {
  it.each(all)('passes as ours say it: %s', (name, body) =>
    expect(parseFromWorker(name, body)).toEqual({ value: body }),
  )

  it.each(all)('passes without no part of it, and with none more: %s', (name, body) => {
    if (body === null) return expect(passes(name, {})).toBe(false)
    expect(passes(name, { ...body, more: 1 })).toBe(false)
    for (const [part, value] of Object.entries(body)) {
      const { [part]: _left, ...rest } = body as Record<string, unknown>
      expect(passes(name, rest), `without ${part}`).toBe(false)
      expect(passes(name, { ...body, [part]: typeof value === 'object' ? 7 : {} }), `another ${part}`).toBe(false)
    }
  })

  it.each([
    ['session.begun', { session: 'ses_../../../../etc/passwd0000' }],
    ['session.begun', { session: session.toUpperCase() }],
    ['session.begun', { session: `${session}\n` }],
    ['file.settle', { file: session }],
    ['left', { connection: -1 }],
    ['left', { connection: 1.5 }],
    ['left', { connection: Number.NaN }],
    ['left', { connection: 2 ** 53 }],
    ['session.ending', { session, reason: 'killed' }],
    ['session.ending', { session, reason: 'worker-died' }],
    ['auth.knowsKey', { ...login, key: Buffer.alloc((1 << 20) + 1) }],
    ['auth.knowsKey', { ...login, key: 'text' }],
    ['auth.knowsKey', { connection: 1, login: 'x'.repeat(400_001), key: bytes }],
    ['file.write', { file, offset: 0, bytes: Buffer.alloc((1 << 20) + 1) }],
    ['file.read', { file, offset: 0, length: 1 << 30 }],
    ['seal.sign', { session, text: Buffer.alloc((4 << 20) + 1) }],
    ['log', { level: 'fatal', fields: {}, text: 'x' }],
    ['log', { level: 'toString', fields: {}, text: 'x' }],
    ['session.withdrawn', { session, tunnels: Array.from({ length: 4_097 }, () => 'x') }],
  ])('is a fault where it is none of ours: %s %#', (name, body) => expect(passes(name, body)).toBe(false))

  it('is nothing by a name that is not in the table, also one every object has', () => {
    for (const name of ['toString', '__proto__', 'constructor', 'setup', 'session.warn', ''])
      expect(parseFromWorker(name, {})).toEqual({ fault: 'expected one of the table' })
  })

  it('never passes, and never throws, whatever it is', () => {
    const odd = fc.oneof(
      fc.anything(),
      fc.object(),
      fc.dictionary(fc.constantFrom('session', 'connection', 'file'), fc.anything()),
    )
    fc.assert(
      fc.property(fc.constantFrom(...all.map(([name]) => name)), odd, (name, body) => {
        const read = parseFromWorker(name, body)
        if ('fault' in read) return
        // What passed is of its form: `pong` is null, a pace two numbers, a connection a number.
        const sample = (ours as unknown as Record<string, unknown>)[name]
        expect(Object.keys(Object(body)).toSorted()).toEqual(Object.keys(Object(sample)).toSorted())
      }),
      { numRuns: 2_000 },
    )
  })

  it('gives as reasons of an end those of brokers', () => {
    for (const reason of ['client', 'target', 'flow-violation', 'host-key-mismatch'] as const)
      expect(isBrokerReason(reason)).toBe(true)
    for (const reason of ['killed', 'expired', 'worker-died', 'recorder-failed', 'idle'] as const)
      expect(isBrokerReason(reason)).toBe(false)
  })
})
