// What a change does to access: does it take some away, give some, or neither? Errs to the side of saying more: a change
// whose effect cannot be told from the declaration alone is both. Exact answers for grants that stand are worked out by
// asking `decide` under both bundles.

import { operationClasses } from '../model.ts'
import { isSame, wordChanges } from './fields.ts'
import { fileRuleEffects, fileTermsEffects } from './file-effects.ts'
import type { SectionName } from './sections.ts'

export const effects = ['closes', 'both', 'opens', 'none'] as const
/** In the order people have to see them: what takes access away, then what gives it, then the rest. */
export type Effect = (typeof effects)[number]

type Thing = Readonly<Record<string, unknown>>

/** The effect of a thing of this section coming (`from` null), going (`to` null) or changing. */
export function effectOf(section: SectionName, from: object | null, to: object | null): Effect {
  const before = from as Thing | null
  const after = to as Thing | null
  switch (section) {
    case 'rules':
      return ofRule(before, after)
    case 'physical sources':
      return ofThing(before, after, 'both', beyondWords)
    case 'include':
    case 'boundaries':
    case 'places':
      return ofThing(before, after, 'opens', bothWays)
    case 'exclude':
    case 'controlled labels':
      return ofThing(before, after, 'closes', bothWays)
    case 'conduits':
      return ofThing(before, after, 'opens', ofConduit)
    case 'assets':
      return ofThing(before, after, 'opens', ofAsset)
    // Its labels show as those of the assets that hold it; beside them, a conduit has to name it.
    case 'information':
      return ofThing(before, after, 'closes', (one, other) =>
        join(['class', 'labels', 'heldBy'].map((field) => changed(one, other, field))),
      )
    case 'information rules':
      return before?.['requirePayloads'] === after?.['requirePayloads']
        ? 'none'
        : after?.['requirePayloads'] === true
          ? 'closes'
          : 'opens'
    case 'suppliers':
      return ofThing(before, after, 'opens', ofSupplier)
    case 'expectations':
    case 'trainings':
    case 'separation':
      return ofThing(before, after, 'closes', beyondWords)
    case 'role mapping':
      return ofThing(before, after, 'opens', beyondWords)
    // It brings people by the mappings, and closes their accounts.
    case 'people feeds':
      return ofThing(before, after, 'both', beyondWords)
    case 'machines':
      return ofThing(before, after, 'opens', (one, other) =>
        join([
          ...list(one, other, 'commands'),
          ...fileTermsEffects(one['files'], other['files']),
          more(Number(one['keyAlone']), Number(other['keyAlone'])),
        ]),
      )
    case 'files':
      return join(fileRuleEffects(before, after))
    case 'exceptions':
      return ofThing(before, after, 'opens', (one, other) =>
        join([
          later(one['until'], other['until']),
          earlierBegin(one['from'], other['from']),
          ...list(one, other, 'assets'),
        ]),
      )
    case 'dependencies':
      return ofThing(before, after, closesAtOutage(before ?? after), (one, other) =>
        join(['plants', 'watch', 'failures', 'whenDown'].map((field) => changed(one, other, field))),
      )
    case 'phases':
      return ofThing(before, after, 'opens', (one, other) =>
        join([there(one['opened'], other['opened']), ...list(one, other, 'types'), ...list(one, other, 'criteria')]),
      )
    case 'plants':
      return ofThing(before, after, 'none', (one, other) =>
        join([more(one['maxWindowMinutes'], other['maxWindowMinutes']), changed(one, other, 'timeZone')]),
      )
    case 'zones':
      return ofThing(before, after, 'none', (one, other) =>
        join(['plant', 'level', 'gateway'].map((field) => changed(one, other, field))),
      )
    case 'maintenance':
    case 'holidays':
    case 'rosters':
    case 'access':
    // One more lets more through; the first of all shuts out what is none of them.
    case 'standard changes':
      return 'both'
    case 'scope':
    case 'shared services':
    // Who looks at recordings and how long they are kept; no access to an asset rests on it.
    case 'retention':
    case 'handling':
    case 'agreements':
    // Registered and tracked; what passes there passes beside the gateway.
    case 'interfaces':
    case 'controls':
    case 'risks':
    case 'committee':
    case 'incidents':
    case 'drills':
      return 'none'
  }
}

/** One that lets no new session begin while it is down takes access away; one that is only noted does not. */
function closesAtOutage(dependency: Thing | null): Effect {
  const whenDown = dependency?.['whenDown'] as Thing | undefined
  return whenDown?.['effect'] === 'deny-new' ? 'closes' : 'none'
}

/** Several effects as one. */
export function join(all: readonly Effect[]): Effect {
  const closes = all.includes('closes') || all.includes('both')
  const opens = all.includes('opens') || all.includes('both')
  return closes && opens ? 'both' : closes ? 'closes' : opens ? 'opens' : 'none'
}

const opposite: Readonly<Record<Effect, Effect>> = { closes: 'opens', opens: 'closes', both: 'both', none: 'none' }

function ofThing(
  before: Thing | null,
  after: Thing | null,
  coming: Effect,
  changing: (before: Thing, after: Thing) => Effect,
): Effect {
  if (before === null) return coming
  if (after === null) return opposite[coming]
  return changing(before, after)
}

function ofRule(before: Thing | null, after: Thing | null): Effect {
  if (before !== null && after !== null)
    return ['effect', 'source', 'obligations'].some((field) => !isSame(before[field], after[field])) ? 'both' : 'none'
  // A duty adds obligations to what others permit, so its coming takes away as a forbid's does.
  const coming = (before ?? after)?.['effect'] === 'permit' ? 'opens' : 'closes'
  return before === null ? coming : opposite[coming]
}

function ofConduit(before: Thing, after: Thing): Effect {
  const rank = (thing: Thing): number => operationClasses.findIndex((name) => name === thing['operationClass'])
  return join([
    there(before['owner'], after['owner']),
    there(before['spans'], after['spans']),
    later(before['reviewBy'], after['reviewBy']),
    more(rank(before), rank(after)),
    ...list(before, after, 'protocols'),
    ...ofPayloads(before, after),
    before['direction'] === after['direction'] ? 'none' : after['direction'] === 'both' ? 'opens' : 'closes',
    changed(before, after, 'from'),
    changed(before, after, 'to'),
  ])
}

/** One that has no say in payloads lets each of them through. */
function ofPayloads(before: Thing, after: Thing): readonly Effect[] {
  const [one, other] = [before['payloads'], after['payloads']]
  if (one !== null && other !== null) return list(before, after, 'payloads')
  return one === other ? [] : [other === null ? 'opens' : 'closes']
}

function ofAsset(before: Thing, after: Thing): Effect {
  return join([
    ...list(before, after, 'endpoints'),
    more(before['maxSessions'] ?? Infinity, after['maxSessions'] ?? Infinity),
    there(before['optIn'], after['optIn']),
    ...[
      'zone',
      'type',
      'labels',
      'owner',
      'criticality',
      'safety',
      'sil',
      'line',
      'localPresence',
      'localEnable',
      'drill',
      'unsupported',
    ].map((field) => changed(before, after, field)),
  ])
}

function ofSupplier(before: Thing, after: Thing): Effect {
  const [from, to] = [before['contract'] as Thing, after['contract'] as Thing]
  return join([
    ...list(before, after, 'labels'),
    later(from['until'], to['until']),
    earlierBegin(from['from'], to['from']),
    more(before['maxSessions'] ?? Infinity, after['maxSessions'] ?? Infinity),
    changed(before, after, 'riskTier'),
  ])
}

const bothWays = (before: Thing, after: Thing): Effect =>
  isSame({ ...before, reason: '', owner: '' }, { ...after, reason: '', owner: '' }) ? 'none' : 'both'

const beyondWords = (before: Thing, after: Thing): Effect =>
  isSame({ ...before, text: '', title: '' }, { ...after, text: '', title: '' }) ? 'none' : 'both'

const changed = (before: Thing, after: Thing, field: string): Effect =>
  isSame(before[field], after[field]) ? 'none' : 'both'

function list(before: Thing, after: Thing, field: string): Effect[] {
  // What most changes leave as it is: not worth being written out as words.
  if (isSame(before[field], after[field])) return []
  const { gone, come } = wordChanges(before[field], after[field])
  return [...(gone.length > 0 ? ['closes' as const] : []), ...(come.length > 0 ? ['opens' as const] : [])]
}

const there = (before: unknown, after: unknown): Effect =>
  (before === null) === (after === null) ? 'none' : after === null ? 'closes' : 'opens'

const more = (before: unknown, after: unknown): Effect =>
  before === after ? 'none' : Number(after) > Number(before) ? 'opens' : 'closes'

/** Days as ISO 8601 sort as text. */
const later = (before: unknown, after: unknown): Effect =>
  before === after ? 'none' : String(after) > String(before) ? 'opens' : 'closes'

const earlierBegin = (before: unknown, after: unknown): Effect => opposite[later(before, after)]
