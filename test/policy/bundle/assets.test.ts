// Assets and their endpoints: what a bundle must not say of a target.

import { describe, it } from 'vitest'
import { expectProblem, replace, type Spoilt } from './spoilt.ts'

const optIn = '{ reviewedBy: Functional safety lead, reviewedOn: 2026-01-01, until: 2026-06-30 }'

const spoilt: readonly Spoilt[] = [
  [
    'an id that is none',
    replace('assets.yaml', 'id: ews-1', 'id: EWS 1'),
    'assets.yaml',
    'assets[0].id',
    'asset `EWS 1`: expected 1 to 63 of a-z',
  ],
  [
    'an id used twice',
    replace('assets.yaml', 'id: ews-2', 'id: ews-1'),
    'assets.yaml',
    'assets[1].id',
    'duplicate asset `ews-1`: first declared at assets.yaml:',
  ],
  [
    'an asset in an undeclared zone',
    replace('assets.yaml', 'zone: north-control', 'zone: north-contrl'),
    'assets.yaml',
    'assets[3].zone',
    'unknown zone `north-contrl`: did you mean `north-control`?',
  ],
  [
    'an endpoint without host keys',
    replace('assets.yaml', /hostKeys:\n.*\n/, 'hostKeys: []\n'),
    'assets.yaml',
    'assets[0].endpoints[0].hostKeys',
    'at least one entry',
  ],
  [
    'a host key cut short',
    replace('assets.yaml', /(ssh-ed25519 AAAA.{20}).*\n/, '$1\n'),
    'assets.yaml',
    'assets[0].endpoints[0].hostKeys[0]',
    'expected',
  ],
  [
    'a host key of another type inside',
    replace('assets.yaml', 'ssh-ed25519 AAAA', 'ssh-rsa AAAA'),
    'assets.yaml',
    'assets[0].endpoints[0].hostKeys[0]',
    'expected a key of type `ssh-rsa` inside, got `ssh-ed25519`',
  ],
  [
    'a private key as host key',
    replace('assets.yaml', /- ssh-ed25519 .*\n/, '- "-----BEGIN OPENSSH PRIVATE KEY-----"\n'),
    'assets.yaml',
    'assets[0].endpoints[0].hostKeys[0]',
    'got a private key',
  ],
  [
    'a host with a scheme',
    replace('assets.yaml', 'host: 127.0.0.1', 'host: ssh://ews-1'),
    'assets.yaml',
    'assets[0].endpoints[0].host',
    'without port or scheme',
  ],
  [
    'an account a shell would read',
    replace('assets.yaml', 'account: service', 'account: "x; rm"'),
    'assets.yaml',
    'assets[0].endpoints[0].account',
    'expected an account name',
  ],
  [
    'a credential that is a secret',
    replace('assets.yaml', 'credential: ews-1-service', 'credential: Hunter2!'),
    'assets.yaml',
    'assets[0].endpoints[0].credential',
    'the name of a credential',
  ],
  [
    'commands to look with that are no list',
    replace('assets.yaml', 'credential: ews-1-service', 'credential: ews-1-service\n        observe: journalctl -f'),
    'assets.yaml',
    'assets[0].endpoints[0].observe',
    'expected a list',
  ],
  [
    'a command to look with that a terminal would take for more',
    replace(
      'assets.yaml',
      'credential: ews-1-service',
      'credential: ews-1-service\n        observe: ["cat\\e[2J log"]',
    ),
    'assets.yaml',
    'assets[0].endpoints[0].observe[0]',
    'control characters',
  ],
  [
    'a command to look with written twice',
    replace('assets.yaml', 'credential: ews-1-service', 'credential: ews-1-service\n        observe: [uptime, uptime]'),
    'assets.yaml',
    'assets[0].endpoints[0].observe[1]',
    'duplicate command `uptime`',
  ],
  [
    'more commands to look with than anybody reads',
    replace(
      'assets.yaml',
      'credential: ews-1-service',
      `credential: ews-1-service\n        observe: [${Array.from({ length: 21 }, (_, i) => `cat ${i}`).join(', ')}]`,
    ),
    'assets.yaml',
    'assets[0].endpoints[0].observe',
    'expected at most 20 commands, got 21',
  ],
  [
    'two endpoints of one protocol',
    replace('assets.yaml', /( {6}- protocol: ssh[\s\S]*?ews-1-service\n)/, '$1$1'),
    'assets.yaml',
    'assets[0].endpoints[1]',
    'duplicate endpoint',
  ],
  [
    'a safety class that is none',
    replace('assets.yaml', 'safety: SIS', 'safety: sis2'),
    'assets.yaml',
    'assets[5].safety',
    'did you mean `SIS`?',
  ],
  [
    'an expiry that is none',
    replace('assets.yaml', 'expiry: { drain: 10 }', 'expiry: never'),
    'assets.yaml',
    'assets[1].expiry',
    'expected `cut`, `{ drain: minutes }` or `{ confirm-safe-state: minutes }`, got `never`',
  ],
  [
    'an expiry that lasts without its limit',
    replace('assets.yaml', 'expiry: { drain: 10 }', 'expiry: drain'),
    'assets.yaml',
    'assets[1].expiry',
    'write `{ drain: 10 }`',
  ],
  [
    'two expiries',
    replace('assets.yaml', 'expiry: { drain: 10 }', 'expiry: { drain: 10, confirm-safe-state: 10 }'),
    'assets.yaml',
    'assets[1].expiry',
    'got a map',
  ],
  [
    'a hard limit of no length',
    replace('assets.yaml', 'expiry: { drain: 10 }', 'expiry: { drain: 0 }'),
    'assets.yaml',
    'assets[1].expiry.drain',
    'from 1 to 480',
  ],
  [
    'a safety instrumented system without its level',
    replace('assets.yaml', '    sil: 3\n', ''),
    'assets.yaml',
    'assets[5].safety',
    'a `SIS` without `sil`',
  ],
  [
    'a safety integrity level that is none',
    replace('assets.yaml', 'sil: 3', 'sil: 5'),
    'assets.yaml',
    'assets[5].sil',
    'expected `1`, `2`, `3` or `4`',
  ],
  [
    'an opt-in for an asset that is no safety system',
    replace('assets.yaml', '    expiry: cut', `    optIn: ${optIn}\n    expiry: cut`),
    'assets.yaml',
    'assets[0].optIn',
    'on a safety instrumented system only',
  ],
  [
    'an opt-in that ends before it was reviewed',
    replace('assets.yaml', '    sil: 3', `    sil: 3\n    optIn: ${optIn.replace('2026-06-30', '2025-12-31')}`),
    'assets.yaml',
    'assets[5].optIn.until',
    '`2026-01-01` or later',
  ],
  [
    'an asset in two zones',
    replace('assets.yaml', /id: ews-2\n(.*\n) {4}zone: north-operations/, 'id: ews-1\n$1    zone: north-control'),
    'assets.yaml',
    'assets[1].id',
    'it stands in zone `north-control` here and in `north-operations` there',
  ],
  [
    'an asset in the table that stands in another zone in the list',
    replace('assets.csv', 'ews-5;', 'hmi-3;'),
    'assets.csv',
    'column `Asset`',
    'duplicate asset `hmi-3`: first declared at assets.yaml:',
  ],
  [
    'two assets with one address',
    replace('assets.yaml', 'port: 2202', 'port: 2201'),
    'assets.yaml',
    'assets[1].endpoints',
    '`127.0.0.1 port 2201` is the address of asset `ews-1` already, at assets.yaml:',
  ],
  [
    'no sessions at all',
    replace('assets.yaml', 'line: line-1\n', 'line: line-1\n    maxSessions: 0\n'),
    'assets.yaml',
    'assets[0].maxSessions',
    'from 1 to 1000',
  ],
]

describe('a bundle by its assets', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, file, path, reason) => {
    expectProblem(change, file, path, reason)
  })
})
