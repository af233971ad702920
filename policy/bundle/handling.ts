// handling.yaml: how recordings are handled by the labels of what was reached. The file and both parts of it may be
// missing; then recordings are kept 400 days and looked at by auditors, as docs/policy-bundle.md has it.
// What its rules come to on the assets there are is handling-checks.ts's.

import { standardRetention } from '../label-handling.ts'
import {
  exportHandlings,
  roles,
  type HandlingRule,
  type HandlingRules,
  type RetentionClass,
  type Role,
} from '../model.ts'
import type { Place } from './document.ts'
import {
  list,
  readBoolean,
  readChoice,
  readInteger,
  readList,
  readMap,
  readOptional,
  readText,
  shape,
  whole,
} from './fields.ts'
import { parseAgreements } from './agreements.ts'
import { readPlants } from './named-lists.ts'
import type { Reading } from './reading.ts'

export const handlingShape = shape([], ['retention', 'rules', 'agreements'])
export const retentionShape = shape(['classes', 'default'])
export const retentionClassShape = shape(['id', 'text', 'keepDays'])
/** What a rule says; one that says none of it would look as if it did something. */
const said = ['view', 'export', 'retention', 'maskPrompts', 'regions'] as const
export const handlingRuleShape = shape(['id', 'text'], ['labels', 'plants', 'types', ...said])
export const viewShape = shape([], ['roles', 'secondPerson'])

/** A century: longer is for ever, and nobody decides that for those who come after. */
export const mostKeepDays = 36_525
export const mostRetentionClasses = 50
/** Each is asked about each asset when a bundle is read. */
export const mostHandlingRules = 200

export function parseHandling(document: Place, reading: Reading): HandlingRules | null {
  const { problems, references } = reading
  const fields = readMap(problems, document, handlingShape)
  const given = fields?.get('retention') ?? null
  const retention = given === null ? standard(document, reading) : parseRetention(given, reading)
  if (retention === null) references.unread('retention class')
  if (fields === null) return null
  const rules = readOptional(fields.get('rules'), [], (at) => parseRules(at, reading))
  const agreements = readOptional(fields.get('agreements'), null, (at) => parseAgreements(at, reading))
  return retention && { ...retention, rules, ...(agreements !== null && { agreements }) }
}

function standard(document: Place, { references }: Reading): Omit<HandlingRules, 'rules'> {
  references.declare('retention class', standardRetention.id, document)
  return { classes: [standardRetention], default: standardRetention }
}

function parseRetention(place: Place, { problems, references }: Reading): Omit<HandlingRules, 'rules'> | null {
  const fields = readMap(problems, place, retentionShape)
  if (fields === null) return null
  const classes = readList<RetentionClass>(
    problems,
    fields.get('classes'),
    (item) => {
      const of = readMap(problems, item, retentionClassShape)
      if (of === null) return null
      const id = readText(problems, of.get('id'), 60)
      if (id !== null) references.declare('retention class', id, of.at('id'))
      return whole<RetentionClass>({
        id,
        text: readText(problems, of.get('text')),
        keepDays: readInteger(problems, of.get('keepDays'), 1, mostKeepDays),
      })
    },
    { atLeast: 1 },
  )
  const named = readText(problems, fields.get('default'), 60)
  if (classes === null || named === null) return null
  references.refer('retention class', named, fields.at('default'))
  if (classes.length > mostRetentionClasses) {
    problems.report(
      fields.at('classes'),
      `expected at most ${mostRetentionClasses} retention classes, got ${classes.length}`,
    )
    return null
  }
  // One that is not declared is reported as such; the bundle is refused then, whatever stands in its place.
  return { classes, default: classes.find(({ id }) => id === named) ?? standardRetention }
}

function parseRules(place: Place, reading: Reading): readonly HandlingRule[] | null {
  const rules = readList(reading.problems, place, (item) => parseRule(item, reading))
  if (rules === null || rules.length <= mostHandlingRules) return rules
  reading.problems.report(place, `expected at most ${mostHandlingRules} rules, got ${rules.length}`)
  return null
}

function parseRule(place: Place, reading: Reading): HandlingRule | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, handlingRuleShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('handling rule', id, fields.at('id'))
  if (said.every((name) => fields.get(name) === null))
    problems.report(place, `expected at least one of ${list(said)}, got none: a rule says something`)
  // An empty list would match nothing and look as if it matched all; one entry is the least.
  const words = (name: 'labels' | 'types' | 'regions') =>
    readList(problems, fields.get(name), (item) => readText(problems, item, 60), { atLeast: 1 })
  const labels = words('labels')
  const types = words('types')
  const plants = readPlants(fields.get('plants'), reading)
  const view = readOptional(fields.get('view'), null, (at) => parseView(at, reading))
  const exported = readOptional(fields.get('export'), null, (at) => readChoice(problems, at, exportHandlings))
  const retention = readOptional(fields.get('retention'), null, (at) => readText(problems, at, 60))
  if (retention !== null) references.refer('retention class', retention, fields.at('retention'))
  const regions = words('regions')
  const maskPrompts = readOptional(fields.get('maskPrompts'), null, (at) => readBoolean(problems, at))
  const core = whole<Pick<HandlingRule, 'id' | 'text'>>({ id, text: readText(problems, fields.get('text')) })
  if (core === null) return null
  const rule: HandlingRule = {
    ...core,
    ...(labels && { labels }),
    ...(plants && { plants }),
    ...(types && { types }),
    ...(view && { view }),
    ...(exported && { export: exported }),
    ...(retention !== null && { retention }),
    ...(maskPrompts !== null && { maskPrompts }),
    ...(regions && { regions }),
  }
  return reading.keep(rule, place)
}

function parseView(place: Place, { problems }: Reading): HandlingRule['view'] | null {
  const fields = readMap(problems, place, viewShape)
  if (fields === null) return null
  if (fields.get('roles') === null && fields.get('secondPerson') === null) {
    problems.report(place, `expected at least one of ${list(viewShape.optional)}, got none`)
    return null
  }
  const named = readList<Role>(problems, fields.get('roles'), (item) => readChoice(problems, item, roles), {
    atLeast: 1,
  })
  const secondPerson = readOptional(fields.get('secondPerson'), null, (at) => readBoolean(problems, at))
  return { ...(named && { roles: named }), ...(secondPerson !== null && { secondPerson }) }
}
