// Rules that do not hold yet: those with a day (`@enforceFrom`) that has not come in the asset's plant. They are asked
// beside the decision and touch nothing of it; what they would have done is said with it, so that everybody sees who
// would be stopped before anybody is.

import type { Bundle } from './bundle/bundle.ts'
import type { Question } from './cedar/question.ts'
import type { Instant, Plant, WatchedRule } from './model.ts'
import type { Situation } from './situation.ts'

/** Ids of the rules that are only watched at an instant in a plant, in the bundle's order. */
export function watchedIn(plant: Plant, bundle: Bundle, now: Instant): readonly string[] {
  const beginning = bundle.beginningRulesOf.get(plant.id) ?? []
  // Nearly always empty: no list is made for every decision.
  if (beginning.every(({ holdsFrom }) => holdsFrom <= now)) return none
  return beginning.filter(({ holdsFrom }) => holdsFrom > now).map(({ rule }) => rule)
}

const none: readonly string[] = []

/** The watched rules that would be at work in this situation. Where they cannot be asked, each of them says so. */
export function strikesOf(situation: Situation, question: Question, bundle: Bundle): readonly WatchedRule[] {
  const { action, asset, zone, plant, facts } = situation
  const watched = watchedIn(plant, bundle, facts.now)
  if (watched.length === 0) return []
  const place = { asset: asset.id, zone: zone.id, plant: plant.id }
  const answer = bundle.cedar.slices.askWatched(action, place, question, watched)
  const strikes = new Set(answer.kind === 'answered' ? answer.determining : [])
  const failing = new Set(answer.kind === 'answered' ? answer.errors.map(({ policy }) => policy) : watched)
  return watched.flatMap((id) => {
    const rule = bundle.policies.get(id)
    if (rule === undefined || rule.enforceFrom === null || !(strikes.has(id) || failing.has(id))) return []
    const would = failing.has(id) ? 'fail' : rule.effect === 'duty' ? 'oblige' : 'refuse'
    return [{ rule: id, text: rule.text, would, from: rule.enforceFrom } as const]
  })
}

const doings: Readonly<Record<WatchedRule['would'], string>> = {
  refuse: 'refuse this',
  oblige: 'oblige whoever uses this',
  fail: 'refuse this, because it cannot be evaluated',
}

/** A watched rule as a sentence. */
export function sayWatched({ rule, text, would, from }: WatchedRule): string {
  const said = text.trim()
  return `From ${from} on a rule will ${doings[would]}: ${said}${/[.!?]$/.test(said) ? '' : '.'} (rule ${rule}, only watched until then)`
}
