// Endpoints of protocol `telnet`: what a bundle may say, and what it must not.

import { describe, expect, it } from 'vitest'

import { endpointOf } from '../../../policy/index.ts'
import type { AssetId } from '../../../policy/ids.ts'
import { smallBundle } from './small-bundle.ts'
import { expectProblem, replace, type Spoilt } from './spoilt.ts'

const whole = /endpoints:\n(?: {6}[- ].*\n(?: {8}.*\n)*)+/
interface Given {
  readonly exception?: string
  readonly login?: string
}
const telnet = ({
  exception = 'EX-01',
  login = '{ account: "login:", password: "Password:", success: "*>" }',
}: Given = {}): string => `endpoints:
      - protocol: telnet
        host: 192.0.2.99
        port: 23
        account: service
        credential: line-service
        exception: ${exception}
        login: ${login}
`
const with_ = (given: Given) => replace('assets.yaml', whole, telnet(given))

const spoilt: readonly Spoilt[] = [
  [
    'an exception that is not there',
    with_({ exception: 'EX-77' }),
    'assets.yaml',
    'assets[0].endpoints[0].exception',
    'unknown exception `EX-77`',
  ],
  [
    'an exception that does not cover it',
    with_({}),
    'assets.yaml',
    'assets[0].endpoints[0].exception',
    'exception `EX-01` does not cover asset `ews-1`: add it to the assets of the exception',
  ],
  [
    'a prompt of stars, which is everything that is said',
    with_({ login: '{ password: "**", success: ">" }' }),
    'assets.yaml',
    'assets[0].endpoints[0].login.password',
    'expected a text the target says, with `*` for what may change in it, got `**`',
  ],
  [
    'no word of success',
    with_({ login: '{ password: "Password:" }' }),
    'assets.yaml',
    'assets[0].endpoints[0].login.success',
    'missing',
  ],
  [
    'a login that takes for ever',
    with_({ login: '{ password: "Password:", success: ">", seconds: 1000 }' }),
    'assets.yaml',
    'assets[0].endpoints[0].login.seconds',
    'expected a whole number from 1 to 120',
  ],
  [
    'SSH beside it',
    replace('assets.yaml', /endpoints:\n/, telnet()),
    'assets.yaml',
    'assets[0].endpoints',
    'the asset has an `ssh` endpoint: leave out `telnet`, which carries everything in clear text',
  ],
  [
    'a mapping without what bears it',
    (files) =>
      files.set(
        'assets.mapping.yaml',
        `${files.get('assets.mapping.yaml')}\n  telnet.host: { constant: 192.0.2.99 }\n`,
      ),
    'assets.mapping.yaml',
    'fields',
    'a telnet endpoint needs all of its fields: expected `telnet.port`',
  ],
]

describe('an endpoint of protocol telnet', () => {
  it.each(spoilt)('is refused with %s', (_name, ...rest) => expectProblem(...rest))

  const covered = (text: string): string => text.replace('assets: [hist-1]', 'assets: [hist-1, ews-1, plc-5]')

  it('says where it is, what bears it and what is said there, thirty seconds if it says no time', () => {
    const bundle = smallBundle({
      'assets.yaml': (text) => text.replace(whole, telnet()),
      'register.yaml': covered,
    })
    const asset = bundle.assets.get('ews-1' as AssetId)
    expect(asset && endpointOf(asset, 'telnet')).toEqual({
      protocol: 'telnet',
      host: '192.0.2.99',
      port: 23,
      account: 'service',
      credential: 'line-service',
      exception: 'EX-01',
      login: { account: 'login:', password: 'Password:', success: '*>', seconds: 30 },
    })
  })

  it('comes from columns of a table', () => {
    const fields = {
      host: '{ column: Asset, values: { plc-5: 192.0.2.99 } }',
      port: '{ constant: 23 }',
      account: '{ constant: service }',
      credential: '{ constant: line-service }',
      exception: '{ constant: EX-01 }',
      'login.password': '{ constant: "Password:" }',
      'login.success': '{ constant: "#" }',
      'login.seconds': '{ constant: 5 }',
    }
    const lines = Object.entries(fields).map(([name, source]) => `  telnet.${name}: ${source}\n`)
    const bundle = smallBundle({
      'assets.mapping.yaml': (text) => `${text}\n${lines.join('')}`,
      'assets.csv': (text) =>
        text
          .split('\n')
          .filter((line) => !line.startsWith('ews-5'))
          .join('\n'),
      'register.yaml': covered,
    })
    expect(bundle.assets.get('plc-5' as AssetId)?.endpoints).toEqual([
      {
        protocol: 'telnet',
        host: '192.0.2.99',
        port: 23,
        account: 'service',
        credential: 'line-service',
        exception: 'EX-01',
        login: { password: 'Password:', success: '#', seconds: 5 },
      },
    ])
  })
})
