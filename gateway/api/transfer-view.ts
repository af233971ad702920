// Files of requests and grants as the contract shows them: what is asked, and how the rules in force let it cross.

import {
  crossingsOf,
  endpointOf,
  fileFeatures,
  fileRulesFor,
  sayTransfer,
  standardFeatures,
  waysOf,
  type Asset,
  type Bundle,
  type FileTerms,
  type Person,
} from '../../policy/index.ts'
import type { FileTermsView, OpenFilesView, TransferView } from '../contract/views.ts'

export function fileTermsView({ allow, paths }: FileTerms): FileTermsView {
  return { allow: [...allow], paths: [...paths] }
}

/** Null where none are asked for. `person`: who would carry them; null where nobody knows them any more. */
export function transferView(
  transfer: FileTerms | undefined,
  asset: Asset | undefined,
  person: Pick<Person, 'supplier'> | null,
  bundle: Bundle,
): TransferView | null {
  if (transfer === undefined) return null
  const rules = asset === undefined || person === null ? [] : fileRulesFor(asset, person, bundle)
  return {
    ...fileTermsView(transfer),
    text: sayTransfer(transfer),
    ways: [...waysOf(transfer)],
    crossings: crossingsOf(transfer, rules).map((each) => ({ ...each, rules: [...each.rules] })),
  }
}

/** Null where the asset is open for none, or no rule lets this person carry any. */
export function openFilesView(asset: Asset, person: Pick<Person, 'supplier'>, bundle: Bundle): OpenFilesView | null {
  const endpoint = endpointOf(asset, 'ssh')
  const features = (endpoint?.features ?? standardFeatures).filter((each) => fileFeatures.includes(each))
  const rules = fileRulesFor(asset, person, bundle).filter(({ allow }) => allow.length > 0)
  if (features.length === 0 || rules.length === 0) return null
  return {
    features: [...features],
    rules: rules.map(({ id, text, paths, allow, upload, download, declaredOnly }) => ({
      id,
      text,
      paths: [...paths],
      allow: [...allow],
      upload,
      download,
      declaredOnly,
    })),
  }
}
