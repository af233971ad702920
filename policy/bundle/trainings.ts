// What has to be shown before anybody comes: trainings of people (access.yaml) and expectations of suppliers
// (suppliers.yaml). Who has shown what is attested outside the bundle.

import {
  operationClasses,
  populations,
  riskTiers,
  roles,
  type Expectation,
  type RiskTier,
  type Training,
} from '../model.ts'
import type { Place } from './document.ts'
import { readChoice, readInteger, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import { readZones } from './named-lists.ts'
import type { Reading } from './reading.ts'

export const expectationShape = shape(['id', 'text', 'validDays'], ['tiers'])
export const trainingShape = shape(['id', 'title', 'validDays'], ['for'])
export const trainedShape = shape([], ['roles', 'population', 'operationClasses', 'zones', 'labels'])

/** An attestation of a supplier is looked at again within a year. */
export const mostExpectationDays = 366
/** Trainings are refreshed within three years. */
export const mostTrainingDays = 1096

export function parseExpectation(place: Place, { problems, references }: Reading): Expectation | null {
  const fields = readMap(problems, place, expectationShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('expectation', id, fields.at('id'))
  return whole<Expectation>({
    id,
    text: readText(problems, fields.get('text')),
    tiers: readOptional(fields.get('tiers'), riskTiers, (at) =>
      readList<RiskTier>(problems, at, (item) => readChoice(problems, item, riskTiers), { atLeast: 1 }),
    ),
    validDays: readInteger(problems, fields.get('validDays'), 1, mostExpectationDays),
  })
}

export function parseTraining(place: Place, reading: Reading): Training | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, trainingShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('training', id, fields.at('id'))
  return whole<Training>({
    id,
    title: readText(problems, fields.get('title')),
    for: readOptional(fields.get('for'), {}, (at) => parseTrained(at, reading)),
    validDays: readInteger(problems, fields.get('validDays'), 1, mostTrainingDays),
  })
}

/** A criterion with an empty list would match nothing and look as if it matched all; one entry is the least. */
function parseTrained(place: Place, reading: Reading): Training['for'] | null {
  const { problems } = reading
  const fields = readMap(problems, place, trainedShape)
  if (fields === null) return null
  const listed = <T extends string>(name: 'roles' | 'operationClasses', choices: readonly T[]) =>
    readList<T>(problems, fields.get(name), (item) => readChoice(problems, item, choices), { atLeast: 1 })
  const zones = readZones(fields.get('zones'), reading)
  const ofRoles = listed('roles', roles)
  const population = readOptional(fields.get('population'), null, (at) => readChoice(problems, at, populations))
  const classes = listed('operationClasses', operationClasses)
  const labels = readList(problems, fields.get('labels'), (item) => readText(problems, item, 60), { atLeast: 1 })
  return {
    ...(ofRoles && { roles: ofRoles }),
    ...(population && { population }),
    ...(classes && { operationClasses: classes }),
    ...(zones && { zones }),
    ...(labels && { labels }),
  }
}
