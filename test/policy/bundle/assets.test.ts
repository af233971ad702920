// Assets and their endpoints: what a bundle must not say of a target.

import { describe, it } from 'vitest'
import { expectProblem, replace, type Spoilt } from './spoilt.ts'

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
    replace('assets.yaml', 'expiry: drain', 'expiry: never'),
    'assets.yaml',
    'assets[1].expiry',
    'expected `cut` or `drain`',
  ],
]

describe('a bundle by its assets', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, file, path, reason) => {
    expectProblem(change, file, path, reason)
  })
})
