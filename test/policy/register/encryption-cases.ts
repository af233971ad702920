// What is shown of the control that both legs are encrypted.

import { day, minute, type Cases, type Loose } from './stream.ts'

const direction = { cipher: 'aes128-gcm@openssh.com', mac: null }
const leg = { kex: 'curve25519-sha256', hostKey: 'ssh-ed25519', toServer: direction, toClient: direction }
const old = { ...leg, kex: 'diffie-hellman-group14-sha1', toServer: { cipher: 'aes128-cbc', mac: 'hmac-sha1' } }

const connected = (minutes: number, change: Readonly<Record<string, unknown>> = {}): Loose =>
  [
    minutes,
    'session.connected',
    { session: 's1', asset: 'ews-1', software: 'OpenSSH', hostKey: 'SHA256:x', target: leg, client: leg, ...change },
  ] as unknown as Loose
const borne = (minutes: number, session = 's1'): Loose =>
  [
    minutes,
    'session.legacy_algorithms',
    { session, asset: 'ews-1', plant: 'north', exception: 'EX-1', algorithms: ['hmac-sha1'] },
  ] as unknown as Loose
const clear = { target: null, software: null, hostKey: null }

export const encryptionCases: Readonly<Record<string, Cases>> = {
  'GW-RAC-02': {
    fresh: [
      connected(0),
      connected(1, { target: old }),
      borne(1),
      connected(2, { client: null }),
      connected(3, { ...clear, clearText: { protocol: 'telnet', exception: 'EX-2' } }),
    ],
    staleAfter: day + 4 * minute,
    notExercised: [borne(0)],
    failing: [
      ['the client of session `s1` was let in with diffie-hellman-group14-sha1', [connected(0, { client: old })], 0],
      ['and under no exception', [connected(0, { target: old }), connected(1, { session: 's2' })], 0],
      ['reached its target with', [connected(0, { target: old }), borne(0, 's2'), connected(1, { session: 's3' })], 0],
      ['in clear text', [connected(0), connected(1, clear)], 1],
    ],
  },
}
