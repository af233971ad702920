// Addresses that no look may go to: every endpoint of process control and of safety functions, as the bundle in force
// declares them.

import { isUnlookable, plainHost, type Bundle } from '../../policy/index.ts'

/** Finds the asset at a host or address; reckoned once a bundle, so that a look does not grow with the assets. */
export function targetsOf(bundle: () => Bundle): (host: string) => string | null {
  let known: { readonly digest: string; readonly hosts: ReadonlyMap<string, string> } | null = null
  return (host) => {
    const { digest, assets, zones } = bundle()
    if (known?.digest !== digest) {
      const hosts = new Map<string, string>()
      for (const asset of assets.values())
        if (isUnlookable(asset, zones.get(asset.zone)))
          for (const endpoint of asset.endpoints) hosts.set(plainHost(endpoint.host), asset.id)
      known = { digest, hosts }
    }
    return known.hosts.get(plainHost(host)) ?? null
  }
}
