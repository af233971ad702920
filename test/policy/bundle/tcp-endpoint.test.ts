// Endpoints of protocol `tcp`: what a bundle may say, and what it must not.

import { describe, expect, it } from 'vitest'

import { endpointOf, portsOf } from '../../../policy/index.ts'
import type { AssetId } from '../../../policy/ids.ts'
import { smallBundle } from './small-bundle.ts'
import { expectProblem, replace, type Spoilt } from './spoilt.ts'

const first = /endpoints:\n/
const with_ = (ports: string, more = ''): string =>
  `endpoints:\n      - protocol: tcp\n        host: 192.0.2.99\n        ports: ${ports}\n${more}`

const spoilt: readonly Spoilt[] = [
  [
    'port 22, where SSH would pass unread',
    replace('assets.yaml', first, with_('[502, 22]')),
    'assets.yaml',
    'assets[0].endpoints[0].ports[1]',
    'port 22 in a tunnel would carry SSH that nobody records: declare an endpoint of protocol `ssh` instead',
  ],
  [
    'the same port twice',
    replace('assets.yaml', first, with_('[502, 502]')),
    'assets.yaml',
    'assets[0].endpoints[0].ports[1]',
    'duplicate port 502: expected each once',
  ],
  [
    'no port',
    replace('assets.yaml', first, with_('[]')),
    'assets.yaml',
    'assets[0].endpoints[0].ports',
    'expected a list with at least one entry, got none',
  ],
  [
    'a port that is none',
    replace('assets.yaml', first, with_('[70000]')),
    'assets.yaml',
    'assets[0].endpoints[0].ports[0]',
    'expected a whole number from 1 to 65535, got the number `70000`',
  ],
  [
    'more ports than anybody reads',
    replace('assets.yaml', first, with_(`[${Array.from({ length: 33 }, (_, i) => 1000 + i).join(', ')}]`)),
    'assets.yaml',
    'assets[0].endpoints[0].ports',
    'expected at most 32 ports, got 33',
  ],
  [
    'what only SSH has',
    replace('assets.yaml', first, with_('[502]', '        account: service\n')),
    'assets.yaml',
    'assets[0].endpoints[0].account',
    'unknown key `account`',
  ],
  [
    'a mapping with a host and no ports',
    (files) =>
      files.set('assets.mapping.yaml', `${files.get('assets.mapping.yaml')}\n  tcp.host: { constant: 192.0.2.99 }\n`),
    'assets.mapping.yaml',
    'fields',
    'ports that are reached through a tunnel need a host: expected `tcp.ports` as well',
  ],
]

describe('an endpoint of protocol tcp', () => {
  it.each(spoilt)('is refused with %s', (_name, ...rest) => expectProblem(...rest))

  it('gives its ports beside the SSH of the same asset', () => {
    const bundle = smallBundle({ 'assets.yaml': (text) => text.replace(first, with_('[502, 4840]')) })
    const [asset] = [...bundle.assets.values()].filter((each) => endpointOf(each, 'tcp') !== null)
    const endpoint = asset && endpointOf(asset, 'tcp')
    expect(endpoint).toEqual({ protocol: 'tcp', host: '192.0.2.99', ports: [502, 4840] })
    expect(endpoint && portsOf(endpoint)).toEqual([502, 4840])
    expect(asset && endpointOf(asset, 'ssh')?.protocol).toBe('ssh')
  })

  it('comes from columns of a table, as a second endpoint of a row', () => {
    const bundle = smallBundle({
      'assets.mapping.yaml': (text) =>
        `${text}\n  tcp.host: { column: Asset, values: { plc-5: 192.0.2.99, ews-5: 192.0.2.98 } }\n  tcp.ports: { constant: [502, 4840] }\n`,
    })
    const asset = bundle.assets.get('plc-5' as AssetId)
    expect(asset?.endpoints).toEqual([{ protocol: 'tcp', host: '192.0.2.99', ports: [502, 4840] }])
  })

  it('must not offer the port of the SSH endpoint, which nobody would read there', () => {
    const port = /\n +port: (\d+)\n/
    expectProblem(
      (files) => {
        const text = String(files.get('assets.yaml')).replace(port, '\n        port: 2222\n')
        files.set('assets.yaml', text.replace(first, with_('[2222]')))
      },
      'assets.yaml',
      'assets[0].endpoints',
      'port 2222 is that of the `ssh` endpoint already',
    )
  })
})
