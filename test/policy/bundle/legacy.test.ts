// What a bundle says of targets that are not as they should be: old algorithms, host keys that are accepted in the
// gateway, and names on certificates.

import { describe, expect, it } from 'vitest'

import { parseBundle } from '../../../policy/bundle/parse.ts'
import { endpointOf, type AssetId, type SshEndpoint } from '../../../policy/index.ts'
import { legacyAlgorithms } from '../../../policy/model/legacy.ts'
import { smallFiles } from './small-bundle.ts'
import { expectProblem, problemsOf, replace, type Change, type Spoilt } from './spoilt.ts'

const credential = 'credential: hist-1-service'
const withFields = (...lines: readonly string[]): Change =>
  replace('assets.yaml', credential, [credential, ...lines].join('\n        '))
const legacy = (over: Partial<Record<'algorithms' | 'exception' | 'reason', string>> = {}): Change => {
  const { algorithms = '[diffie-hellman-group14-sha1, ssh-rsa]', exception = 'EX-01', reason = 'of 2009' } = over
  return withFields(`legacy: { algorithms: ${algorithms}, exception: ${exception}, reason: ${reason} }`)
}

/** The endpoint of hist-1, the third asset, as it is read. */
function endpointWith(change: Change): SshEndpoint | null {
  const files = smallFiles()
  change(files)
  const parsed = parseBundle(files)
  const asset = parsed.kind === 'ok' ? parsed.bundle.assets.get('hist-1' as AssetId) : undefined
  return asset ? endpointOf(asset, 'ssh') : null
}

const at = 'assets[2].endpoints[0]'
const spoilt: readonly Spoilt[] = [
  ['DES', legacy({ algorithms: '[3des-cbc]' }), 'assets.yaml', `${at}.legacy.algorithms[0]`, 'got `3des-cbc`'],
  ['no encryption', legacy({ algorithms: '[none]' }), 'assets.yaml', `${at}.legacy.algorithms[0]`, 'got `none`'],
  ['no algorithm', legacy({ algorithms: '[]' }), 'assets.yaml', `${at}.legacy.algorithms`, 'at least one entry'],
  [
    'one algorithm twice',
    legacy({ algorithms: '[ssh-rsa, ssh-rsa]' }),
    'assets.yaml',
    `${at}.legacy.algorithms`,
    'expected each algorithm once',
  ],
  [
    'an exception nobody declared',
    legacy({ exception: 'EX-99' }),
    'assets.yaml',
    `${at}.legacy.exception`,
    'unknown exception `EX-99`',
  ],
  [
    'an exception that covers other assets',
    (files) => {
      legacy()(files)
      replace('register.yaml', 'assets: [hist-1]', 'assets: [ews-1]')(files)
    },
    'assets.yaml',
    `${at}.legacy.exception`,
    'exception `EX-01` does not cover asset `hist-1`: add it to the assets of the exception',
  ],
  ['no name on a certificate', withFields('principals: []'), 'assets.yaml', `${at}.principals`, 'at least one entry'],
  [
    'a name a certificate cannot carry',
    withFields('principals: ["a,b"]'),
    'assets.yaml',
    `${at}.principals[0]`,
    'expected a name of letters',
  ],
  [
    'a word that is not the one',
    replace('assets.yaml', /hostKeys:\n.*\n/, 'hostKeys: any\n'),
    'assets.yaml',
    'assets[0].endpoints[0].hostKeys',
    'expected a list',
  ],
]

describe('an endpoint that asks for more than every other', () => {
  it.each(spoilt)('is refused: %s', (_name, change, file, path, reason) => expectProblem(change, file, path, reason))

  it('names its algorithms, what bears them, and why', () => {
    expect(endpointWith(legacy())?.legacy).toEqual({
      algorithms: ['diffie-hellman-group14-sha1', 'ssh-rsa'],
      exception: 'EX-01',
      reason: 'of 2009',
    })
  })

  it('has its host keys accepted in the gateway by one word, in YAML and in a table', () => {
    const inYaml = replace('assets.yaml', /hostKeys:\n.*AAAAC3NzaC1lZDI1NTE5AAAAIOjg.*\n/, 'hostKeys: enrol\n')
    expect(endpointWith(inYaml)?.hostKeys).toBe('enrol')
    const inTable = replace('assets.csv', /ssh-ed25519 AAAA[^;]*/, 'enrol')
    const files = smallFiles()
    inTable(files)
    const parsed = parseBundle(files)
    const asset = parsed.kind === 'ok' ? parsed.bundle.assets.get('ews-5' as AssetId) : undefined
    expect(asset && endpointOf(asset, 'ssh')?.hostKeys).toBe('enrol')
  })

  it('carries other names than the account on its certificates', () => {
    expect(endpointWith(withFields('principals: [gateway, service]'))?.principals).toEqual(['gateway', 'service'])
  })

  it('stays as it was where it says nothing', () => {
    const endpoint = endpointWith(() => undefined)
    expect(Object.keys(endpoint ?? {})).not.toEqual(expect.arrayContaining(['legacy']))
    expect(problemsOf()).toEqual([])
  })
})

describe('the closed list', () => {
  it('holds nothing that is broken outright', () => {
    for (const name of Object.keys(legacyAlgorithms))
      expect(name).not.toMatch(/des|md5|arcfour|rc4|dss|none|blowfish|cast|ripemd|zlib/)
  })
})
