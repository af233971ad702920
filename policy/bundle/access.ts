// access.yaml: how requests are handled. The file and every part of it may be missing; then the defaults below hold,
// which a plant can read in docs/policy-bundle.md.

import type { AccessRules, Tier, TierRules } from '../model.ts'
import { tiers, unreachableChoices } from '../model.ts'
import type { Place } from './document.ts'
import { quote } from '../ids.ts'
import {
  readBoolean,
  readChoice,
  readInteger,
  readList,
  readMap,
  readOptional,
  readText,
  shape,
  whole,
  type Fields,
} from './fields.ts'
import { mostRenewals } from './exceptions.ts'
import { parseMachines } from './machines.ts'
import type { Problems } from './problem.ts'
import type { Reading } from './reading.ts'
import { parsePeopleFeeds, parseRoleMapping, parseSeparation } from './separation.ts'
import { longestWindowMinutes } from './scope.ts'
import { parseTraining } from './trainings.ts'
import { parseStandardChanges } from './standard-changes.ts'

export const accessShape = shape(
  [],
  [
    'tiers',
    'answers',
    'ticketUnreachable',
    'maxRecurringDays',
    'maxRenewals',
    'trainings',
    'standardChanges',
    'machines',
    'separation',
    'roleMapping',
    'peopleFeeds',
  ],
)
export const tiersShape = shape([], tiers)
export const tierShape = shape(
  [],
  ['criteria', 'maxWindowMinutes', 'targetMinutes', 'alarmMinutes', 'reviewHours', 'rollback'],
)
export const tierCriterionShape = shape(['id', 'text'])
export const answersShape = shape([], ['remindMinutes', 'escalateMinutes', 'expireMinutes'])

/** Above these a number is a slip, and nobody would notice the limit in practice. */
export const mostMinutes = 30 * 24 * 60
export const mostReviewHours = 90 * 24
export const mostRecurringDays = 366

const plain: TierRules = {
  criteria: [],
  maxWindowMinutes: null,
  targetMinutes: null,
  alarmMinutes: null,
  reviewHours: null,
  rollback: false,
}

/** What holds where access.yaml says nothing. */
export const defaultAccess: AccessRules = {
  tiers: {
    standard: plain,
    normal: plain,
    emergency: { ...plain, targetMinutes: 30, alarmMinutes: 120, reviewHours: 72 },
    'break-glass': { ...plain, maxWindowMinutes: 60, reviewHours: 24 },
  },
  answers: { remindMinutes: 30, escalateMinutes: 60, expireMinutes: 1440 },
  ticketUnreachable: 'deny',
  maxRecurringDays: 31,
  maxRenewals: 2,
  trainings: [],
  standardChanges: [],
  machines: [],
  separation: [],
  roleMapping: [],
  peopleFeeds: [],
}

export function parseAccess(document: Place, reading: Reading): AccessRules | null {
  const { problems } = reading
  const fields = readMap(problems, document, accessShape)
  if (fields === null) return null
  return whole<AccessRules>({
    tiers: readOptional(fields.get('tiers'), defaultAccess.tiers, (at) => parseTiers(at, problems)),
    answers: readOptional(fields.get('answers'), defaultAccess.answers, (at) => parseAnswers(at, problems)),
    ticketUnreachable: readOptional(fields.get('ticketUnreachable'), defaultAccess.ticketUnreachable, (at) =>
      readChoice(problems, at, unreachableChoices),
    ),
    maxRecurringDays: readOptional(fields.get('maxRecurringDays'), defaultAccess.maxRecurringDays, (at) =>
      readInteger(problems, at, 1, mostRecurringDays),
    ),
    maxRenewals: readOptional(fields.get('maxRenewals'), defaultAccess.maxRenewals, (at) =>
      readInteger(problems, at, 0, mostRenewals),
    ),
    trainings: readOptional(fields.get('trainings'), defaultAccess.trainings, (at) =>
      readList(problems, at, (place) => parseTraining(place, reading)),
    ),
    standardChanges: readOptional(fields.get('standardChanges'), defaultAccess.standardChanges, (at) =>
      parseStandardChanges(at, reading),
    ),
    machines: readOptional(fields.get('machines'), defaultAccess.machines, (at) => parseMachines(at, problems)),
    separation: readOptional(fields.get('separation'), defaultAccess.separation, (at) => parseSeparation(at, reading)),
    roleMapping: readOptional(fields.get('roleMapping'), defaultAccess.roleMapping, (at) =>
      parseRoleMapping(at, problems),
    ),
    peopleFeeds: readOptional(fields.get('peopleFeeds'), defaultAccess.peopleFeeds, (at) =>
      parsePeopleFeeds(at, reading),
    ),
  })
}

function parseTiers(place: Place, problems: Problems): AccessRules['tiers'] | null {
  const fields = readMap(problems, place, tiersShape)
  if (fields === null) return null
  const tier = (name: Tier): TierRules =>
    readOptional(fields.get(name), defaultAccess.tiers[name], (at) =>
      parseTier(at, defaultAccess.tiers[name], problems),
    )
  return {
    standard: tier('standard'),
    normal: tier('normal'),
    emergency: tier('emergency'),
    'break-glass': tier('break-glass'),
  }
}

function parseTier(place: Place, byDefault: TierRules, problems: Problems): TierRules | null {
  const fields = readMap(problems, place, tierShape)
  if (fields === null) return null
  const upTo = (name: 'maxWindowMinutes' | 'targetMinutes' | 'alarmMinutes' | 'reviewHours', most: number) =>
    readOptional(fields.get(name), byDefault[name], (at) => readInteger(problems, at, 1, most))
  const rules: TierRules = {
    criteria: readOptional(fields.get('criteria'), byDefault.criteria, (at) => parseCriteria(at, problems)),
    maxWindowMinutes: upTo('maxWindowMinutes', longestWindowMinutes),
    targetMinutes: upTo('targetMinutes', mostMinutes),
    alarmMinutes: upTo('alarmMinutes', mostMinutes),
    reviewHours: upTo('reviewHours', mostReviewHours),
    rollback: readOptional(fields.get('rollback'), byDefault.rollback, (at) => readBoolean(problems, at)),
  }
  inOrder(fields, problems, [
    ['targetMinutes', rules.targetMinutes],
    ['alarmMinutes', rules.alarmMinutes],
  ])
  return rules
}

function parseCriteria(place: Place, problems: Problems): TierRules['criteria'] | null {
  const seen = new Set<string>()
  return readList(problems, place, (item) => {
    const fields = readMap(problems, item, tierCriterionShape)
    if (fields === null) return null
    const id = readText(problems, fields.get('id'), 60)
    if (id !== null && seen.has(id))
      problems.report(fields.at('id'), `duplicate criterion ${quote(id)}: give it another id`)
    if (id !== null) seen.add(id)
    return whole<TierRules['criteria'][number]>({ id, text: readText(problems, fields.get('text')) })
  })
}

function parseAnswers(place: Place, problems: Problems): AccessRules['answers'] | null {
  const fields = readMap(problems, place, answersShape)
  if (fields === null) return null
  const minutes = (name: keyof AccessRules['answers']): number =>
    readOptional(fields.get(name), defaultAccess.answers[name], (at) => readInteger(problems, at, 1, mostMinutes))
  const answers = {
    remindMinutes: minutes('remindMinutes'),
    escalateMinutes: minutes('escalateMinutes'),
    expireMinutes: minutes('expireMinutes'),
  }
  inOrder(fields, problems, [
    ['remindMinutes', answers.remindMinutes],
    ['escalateMinutes', answers.escalateMinutes],
    ['expireMinutes', answers.expireMinutes],
  ])
  return answers
}

/** Steps that come one after the other: a later one before an earlier one would never be seen. */
function inOrder<Key extends string>(
  fields: Fields<Key>,
  problems: Problems,
  steps: readonly (readonly [Key, number | null])[],
): void {
  for (const [i, [name, value]] of steps.entries()) {
    const [earlier, least] = steps[i - 1] ?? [name, null]
    if (value === null || least === null || value >= least) continue
    const said = fields.get(earlier) === null ? `${least} by default` : String(least)
    problems.report(fields.at(name), `expected \`${name}\` to be \`${earlier}\` (${said}) or more, got \`${value}\``)
  }
}
