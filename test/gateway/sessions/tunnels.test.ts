import { expect, it } from 'vitest'

import { destinationOf } from '../../../gateway/sessions/tunnels.ts'
import type { AssetId, Bundle } from '../../../policy/index.ts'

const endpoint = { protocol: 'ssh', host: '10.0.0.1', port: 2201, account: 'service' }
const bundle = { assets: new Map([['ews-1', { id: 'ews-1', endpoints: [endpoint] }]]) } as unknown as Pick<
  Bundle,
  'assets'
>
const asset = 'ews-1' as AssetId

it('takes SSH to an asset in, at its own port and at the usual one', () => {
  for (const port of [22, 2201]) expect(destinationOf(bundle, 'ews-1', port, []).kind).toBe('ssh')
  for (const [name, port] of [
    ['ews-1', 2202],
    ['ews-2', 22],
    ['10.0.0.1', 2201],
  ] as const)
    expect(destinationOf(bundle, name, port, [])).toEqual({ kind: 'other' })
})

it('tells the account on the target to nobody who has no SSH access to it', () => {
  const accountFor = (grants: Parameters<typeof destinationOf>[3]) => destinationOf(bundle, 'ews-1', 22, grants)
  expect(accountFor([])).toEqual({ kind: 'ssh', account: null })
  expect(accountFor([{ asset, protocol: 'tcp' }])).toEqual({ kind: 'ssh', account: null })
  expect(accountFor([{ asset: 'ews-2' as AssetId, protocol: 'ssh' }])).toEqual({ kind: 'ssh', account: null })
  expect(accountFor([{ asset, protocol: 'ssh' }])).toEqual({ kind: 'ssh', account: 'service' })
})
