// The bundle that is in force, for commands that work on the store while the gateway may be down: the one last
// activated, or that of the configured folder where none ever was.

import type { Bundle } from '../../policy/index.ts'
import { Failure } from './failure.ts'
import type { Local } from './local.ts'

/** @throws Failure when neither can be read. */
export async function readBundleInForce({ config, store }: Local): Promise<Bundle> {
  const [{ parseBundle }, { loadBundle }] = await Promise.all([
    import('../../policy/index.ts'),
    import('../access/bundles.ts'),
  ])
  const latest = await store.bundles.latest()
  const stored = latest === null ? null : await store.bundles.byDigest(latest.digest)
  const parsed = stored ? parseBundle(stored.files) : await loadBundle(config.bundleFolder)
  if (parsed.kind === 'invalid')
    throw new Failure(`bundle \`${latest?.digest ?? config.bundleFolder}\`: not valid: see \`sallyport bundle check\``)
  return parsed.bundle
}
