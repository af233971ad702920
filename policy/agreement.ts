// What an agreement with a customer covers: of which assets, from when to when, and which kinds of evidence. Scope comes
// first: what the management system does not cover is not given out as if it did. Who may export at all is the gateway's.

import type { Bundle } from './bundle/bundle.ts'
import { endOfDay, startOfDay } from './calendar.ts'
import type { AssetId, PlantId } from './ids.ts'
import { handlingOfRecording, type RecordedOf } from './label-handling.ts'
import type { AgreedEvidence, Agreement, Handling, Instant } from './model.ts'
import { scopeOf } from './scope.ts'

/** Why something is not given out. */
export type Uncovered = 'not-agreed' | 'not-in-scope' | 'not-in-its-time'

const beginOf = ({ from }: Agreement): Instant => startOfDay(from, 'UTC')
const endOf = ({ until }: Agreement): Instant => endOfDay(until, 'UTC')

/** Why nothing goes out under it now, or null. */
export function agreementFault(agreement: Agreement, now: Instant): string | null {
  const { id, from, until } = agreement
  if (now < beginOf(agreement)) return `agreement \`${id}\` begins on ${from}`
  if (now >= endOf(agreement)) return `agreement \`${id}\` ended on ${until}: it has to be made longer first`
  return null
}

/** Where something happened, and when. */
export interface Happened {
  readonly plant: PlantId
  readonly asset: AssetId
  /** Of the asset when it happened; null where nobody kept them: then those of today. */
  readonly labels: readonly string[] | null
  readonly at: Instant
}

/** Why what happened there is not covered, or null where scope and agreement cover it. */
export function uncoveredBy(agreement: Agreement, bundle: Bundle, happened: Happened): Uncovered | null {
  const { plant, asset: id, at } = happened
  const asset = bundle.assets.get(id)
  const labels = happened.labels ?? asset?.labels ?? []
  const isCovered =
    (agreement.plants?.includes(plant) ?? true) &&
    (agreement.assets?.includes(id) ?? true) &&
    (agreement.labels?.some((label) => labels.includes(label)) ?? true)
  if (!isCovered) return 'not-agreed'
  if (asset === undefined || scopeOf(asset, bundle).kind !== 'in') return 'not-in-scope'
  return at < beginOf(agreement) || at >= endOf(agreement) ? 'not-in-its-time' : null
}

const kinds: readonly (readonly [RegExp, AgreedEvidence])[] = [
  [/^session\.(?:recording_\w+)$/, 'recordings'],
  [/^session\.reviewed$|^review\.(?!access)|^request\.retro_reviewed$/, 'reviews'],
  [/^session\.(?!replayed|watched)|^credential\.injected$/, 'sessions'],
  [/^(?:request|grant|change)\./, 'requests'],
  [/^policy\.decision$|^conduit\.denied_flow$|^safety\.block$/, 'decisions'],
]

/** Of which kind an entry of this type is, or null for one that goes out under no agreement. */
export function evidenceKindOf(type: string): AgreedEvidence | null {
  return kinds.find(([form]) => form.test(type))?.[1] ?? null
}

/**
 * How a recording is handled when it is exported under an agreement: rules about labels that the agreement names leave
 * what goes out to it. Rules that stand on other labels, on plants or on types hold as they are.
 */
export function handlingUnder(agreement: Agreement, bundle: Bundle, recorded: RecordedOf): Handling {
  const now = bundle.assets.get(recorded.asset)?.labels ?? []
  const labels = new Set([...recorded.labels, ...now])
  const rules = bundle.handling.rules.map((rule) => {
    const matching = rule.labels?.filter((label) => labels.has(label)) ?? []
    const isLifted = matching.length > 0 && matching.every((label) => agreement.labels?.includes(label))
    if (!isLifted) return rule
    const { export: _leftToTheAgreement, ...rest } = rule
    return rest
  })
  const handling = { ...bundle.handling, rules }
  return handlingOfRecording({ ...bundle, handling }, recorded)
}
