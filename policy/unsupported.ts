// What code holds an asset to that its maker looks after no more (IEC 62443-2-3, ISO/IEC 27001:2022 A.8.8): the profile
// that stands beside every decision about it. A bundle may ask for more and can take nothing of it away. Holding input
// back is the gateway's; what bears that the asset is there at all is the register's.

import { fileCrossings, withoutVerdict, type Asset, type Exception, type FileRule, type Profile } from './model.ts'

/** The profile as a part of a decision; empty where the asset is looked after. */
export function profileOf(
  asset: Pick<Asset, 'unsupported' | 'endpoints'>,
  exceptions: readonly Pick<Exception, 'id'>[],
): { readonly profile?: Profile } {
  if (!asset.unsupported) return {}
  return {
    profile: {
      name: 'unsupported',
      protocols: [...new Set(asset.endpoints.map(({ protocol }) => protocol))],
      exceptions: exceptions.map(({ id }) => id),
    },
  }
}

const stricter = <T>(order: readonly T[], least: T, given: T): T =>
  order.indexOf(given) < order.indexOf(least) ? least : given

/** A rule of files.yaml as it holds for such an asset: no content crosses unseen, either way, nor without a verdict. */
export function quarantined(rule: FileRule): FileRule {
  return {
    ...rule,
    upload: stricter(fileCrossings, 'scan', rule.upload),
    download: stricter(fileCrossings, 'scan', rule.download),
    withoutVerdict: stricter(withoutVerdict, 'hold', rule.withoutVerdict),
  }
}
