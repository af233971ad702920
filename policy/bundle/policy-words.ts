// The plant's own words inside policies: types, labels, lines, duties and exceptions are plain texts to Cedar, whose
// schema can't know them. A misspelt one would make a rule that never applies, and a forbid that forbids nothing.

import { policyJson } from '../cedar/engine.ts'
import { quote } from '../ids.ts'
import {
  informationClasses,
  type AccessRules,
  type Asset,
  type Calendars,
  type Information,
  type Supplier,
} from '../model.ts'
import type { PolicyRule } from './bundle.ts'
import { isRecord } from './cedar.ts'
import { suggestion } from './problem.ts'
import type { Reading } from './reading.ts'

/** Attributes whose texts are declared in the bundle, and what one is called. */
const attributes = {
  type: 'asset has the type',
  labels: 'asset or supplier has the label',
  controlled: 'asset or supplier has the label',
  holds: 'information has the class',
  line: 'asset has the line',
  onDuty: 'roster has the duty',
  trainings: 'training has the id',
} as const
type Attribute = keyof typeof attributes

const comparisons = ['==', '!=', 'contains', 'containsAny', 'containsAll'] as const

/** What was read; null where it could not be. */
interface Declared {
  readonly assets: readonly Asset[] | null
  readonly suppliers: readonly Supplier[] | null
  readonly calendars: Calendars | null
  readonly access: AccessRules | null
  readonly information: Information | null
}

/** Exceptions that policies name have to be declared; of the other words a warning is enough, they may be yet to come. */
export function checkPolicyWords(
  policies: readonly PolicyRule[],
  { assets, suppliers, calendars, access, information }: Declared,
  { references, warnings }: Reading,
): void {
  const labels = assets && suppliers && new Set([...assets, ...suppliers].flatMap((each) => each.labels))
  const known: Readonly<Record<Attribute, ReadonlySet<string> | null>> = {
    type: assets && new Set(assets.map(({ type }) => type)),
    labels,
    controlled: labels,
    holds: information && new Set([...informationClasses, ...information.classes.map(({ id }) => id)]),
    line: assets && new Set(assets.flatMap(({ line }) => line ?? [])),
    onDuty: calendars && new Set(calendars.rosters.map(({ duty }) => duty)),
    trainings: access && new Set(access.trainings.map(({ id }) => id)),
  }
  for (const policy of policies) {
    const at = { file: policy.file, path: '', line: policy.line }
    for (const { attribute, word } of comparedWords(policyJson(policy.source))) {
      if (attribute === 'exceptions') references.refer('exception', word, at)
      if (!isAttribute(attribute)) continue
      const words = known[attribute]
      if (words === null || words.has(word)) continue
      const hint = suggestion(word, words) || ': it is compared in vain until there is one'
      warnings.report(at, `policy \`${policy.id}\`: no ${attributes[attribute]} ${quote(word)}${hint}`)
    }
  }
}

function isAttribute(name: string): name is Attribute {
  return Object.hasOwn(attributes, name)
}

/** Texts that a policy, in Cedar's JSON form, compares an attribute with, on either side. */
function comparedWords(json: unknown): readonly { readonly attribute: string; readonly word: string }[] {
  if (Array.isArray(json)) return json.flatMap(comparedWords)
  if (!isRecord(json)) return []
  const here = comparisons.flatMap((operator) => {
    const sides = json[operator]
    if (!isRecord(sides)) return []
    const found = [
      [sides.left, sides.right],
      [sides.right, sides.left],
    ] as const
    return found.flatMap(([subject, other]) => {
      const attribute = attributeOf(subject)
      return attribute === null ? [] : textsOf(other).map((word) => ({ attribute, word }))
    })
  })
  return [...here, ...Object.values(json).flatMap(comparedWords)]
}

function attributeOf(node: unknown): string | null {
  const access = isRecord(node) ? node['.'] : null
  return isRecord(access) && typeof access.attr === 'string' ? access.attr : null
}

function textsOf(node: unknown): readonly string[] {
  if (!isRecord(node)) return []
  if (typeof node.Value === 'string') return [node.Value]
  return Array.isArray(node.Set) ? node.Set.flatMap(textsOf) : []
}
