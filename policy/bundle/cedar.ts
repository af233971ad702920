// policies/*.cedar: the rules. Each policy carries `@id` and `@text`, may carry `@control`, `@obligation`, `@duty` and
// `@enforceFrom`, and must type-check against the schema. What the rules say is Cedar's to evaluate; see ../decide.ts.

import { isDay } from '../calendar.ts'
import { quote } from '../ids.ts'
import { deepestPolicy, depthOf } from '../cedar/depth.ts'
import { checkTypes, policyJson, splitPolicies } from '../cedar/engine.ts'
import { declaredTypes } from '../cedar/schema.ts'
import { obligationKinds, type Obligation } from '../model.ts'
import { parseObligation } from '../obligations.ts'
import { reservedRules, guardRules } from '../rules.ts'
import type { PolicyRule } from './bundle.ts'
import { isControl } from './controls.ts'
import { suggestion, type Problems, type Spot } from './problem.ts'
import type { References } from './references.ts'
import { mergeFaults } from './type-faults.ts'

const annotationNames = ['id', 'text', 'control', 'obligation', 'duty', 'enforceFrom'] as const
const idForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Read the policies of all files. What could not be read was reported and is left out. */
export function parsePolicies(
  files: ReadonlyMap<string, string>,
  problems: Problems,
  references: References,
): readonly PolicyRule[] {
  const policies = [...files]
    .flatMap(([file, text]) => split(file, text, problems))
    .filter((policy) => isShallow(policy, problems))
  checkAgainstSchema(policies, problems)
  if (policies.length === 0) {
    const at: Spot = { file: 'policies', path: '', line: null }
    problems.report(at, 'expected at least one policy in `policies/*.cedar`, got none: nothing would be permitted')
  }
  return policies.flatMap(({ source, at }) => {
    const rule = parseRule(source, at, problems, references)
    return rule === null ? [] : [rule]
  })
}

/** A policy as written, and where it begins. */
interface Located {
  readonly source: string
  readonly at: Spot & { readonly line: number }
}

function split(file: string, text: string, problems: Problems): readonly Located[] {
  const { policies, faults } = splitPolicies(text)
  for (const fault of faults) {
    const line = fault.offset === null ? null : lineAt(text, fault.offset)
    problems.report({ file, path: '', line }, `not valid cedar: ${fault.message}`)
  }
  return locate(text, policies).map(({ source, line }, i) => ({ source, at: { file, path: `policy[${i}]`, line } }))
}

/** INVARIANT: nothing that is nested deeper than the engine can go reaches a place where it is evaluated. */
function isShallow({ source, at }: Located, problems: Problems): boolean {
  if (depthOf(policyJson(source)) <= deepestPolicy) return true
  problems.report(
    at,
    'conditions are chained or nested too deep: expected some 50 in one expression at most; say many values as a list, as `[…].contains(…)`, or write several policies',
  )
  return false
}

function checkAgainstSchema(policies: readonly Located[], problems: Problems): void {
  const faults = checkTypes(Object.fromEntries(policies.map(({ source }, i) => [String(i), source])))
  for (const fault of mergeFaults(faults)) {
    const policy = policies[Number(fault.policy)]
    const spot: Spot = policy?.at ?? { file: 'policies', path: '', line: null }
    const offset = policy === undefined || fault.offset === null ? 0 : lineAt(policy.source, fault.offset) - 1
    const line = spot.line === null ? null : spot.line + offset
    problems.report({ ...spot, line }, `does not fit the schema: ${fault.message}`)
  }
}

function parseRule(source: string, at: Located['at'], problems: Problems, references: References): PolicyRule | null {
  const json = policyJson(source)
  if (!isRecord(json) || (json.effect !== 'permit' && json.effect !== 'forbid')) {
    problems.report(at, 'expected a permit or a forbid')
    return null
  }
  const given = json.effect
  const annotations = isRecord(json.annotations) ? json.annotations : {}
  for (const name of Object.keys(annotations)) {
    if (annotationNames.some((known) => known === name)) continue
    const hint =
      suggestion(name, annotationNames) || ': expected @id, @text, @control, @obligation, @duty or @enforceFrom'
    problems.report(at, `unknown annotation ${quote(`@${name}`)}${hint}`)
  }
  checkEntities(json, at, references)
  const isDuty = 'duty' in annotations
  if (isDuty && given === 'forbid') {
    problems.report(at, '`@duty` on a forbid: expected it on a permit, whose obligations hold where it applies')
  }
  const effect = isDuty && given === 'permit' ? 'duty' : given

  const id = annotation(annotations, 'id')
  const text = annotation(annotations, 'text')
  if (id === null) problems.report(at, 'missing `@id`: expected a short name, as `@id("vendor-may-request")`')
  else if (!idForm.test(id)) problems.report(at, `\`@id\` ${quote(id)}: expected 1 to 63 of a-z, 0-9 and -`)
  else {
    references.declare('policy', id, at)
    checkName(id, effect, at, problems)
  }
  if (text === null) problems.report(at, 'missing `@text`: expected the rule in one sentence for people')

  const controls = words(annotations, 'control')
  for (const control of controls) isControl(control, at, problems)
  const obligations = words(annotations, 'obligation').flatMap((word): Obligation[] => {
    const parsed = parseObligation(word)
    if (parsed.kind === 'ok') return [parsed.obligation]
    const name = word.split(':', 1)[0] ?? ''
    problems.report(
      at,
      `${parsed.reason}${obligationKinds.some((kind) => kind === name) ? '' : suggestion(name, obligationKinds)}`,
    )
    return []
  })
  if (effect === 'forbid' && obligations.length > 0) {
    problems.report(at, '`@obligation` on a forbid: expected it on a permit only, a refusal obliges nobody')
  }
  if (effect === 'duty' && obligations.length === 0) {
    problems.report(
      at,
      '`@duty` without an obligation: expected `@obligation` beside it, a duty permits nothing by itself',
    )
  }
  const enforceFrom = parseBeginning(annotations, { id, effect }, at, problems)
  if (id === null || text === null) return null
  return { id, effect, text, controls, enforceFrom, obligations, file: at.file, line: at.line, source }
}

/** The day from which a rule holds. Null where it holds already, and where what is written was reported. */
function parseBeginning(
  annotations: Readonly<Record<string, unknown>>,
  { id, effect }: { readonly id: string | null; readonly effect: PolicyRule['effect'] },
  at: Spot,
  problems: Problems,
): string | null {
  if (!('enforceFrom' in annotations)) return null
  const day = annotation(annotations, 'enforceFrom')
  if (effect === 'permit') {
    problems.report(
      at,
      '`@enforceFrom` on a permit: expected it on a forbid or a `@duty`, what is not to be permitted yet has no permit',
    )
  } else if (guardRules.some((rule) => rule === id)) {
    problems.report(
      at,
      `\`@enforceFrom\` on ${quote(id ?? '')}: the gateway enforces this rule in code already: leave the day out`,
    )
  } else if (day === null || !isDay(day)) {
    problems.report(
      at,
      `\`@enforceFrom\`: expected a day that exists, as \`@enforceFrom("2026-12-01")\`, got ${day === null ? 'none' : quote(day)}`,
    )
  } else return day
  return null
}

/** The names of rules in code: a policy may say the same again as a forbid, so that auditors read it, never as a permit. */
function checkName(id: string, effect: PolicyRule['effect'], at: Spot, problems: Problems): void {
  if (reservedRules.some((rule) => rule === id)) {
    problems.report(at, `\`@id\` ${quote(id)} is taken by the gateway's own answers: choose another`)
  } else if (effect !== 'forbid' && guardRules.some((rule) => rule === id)) {
    problems.report(at, `\`@id\` ${quote(id)} is a rule the gateway enforces in code: a permit needs another name`)
  }
}

/** Plants, zones, assets and suppliers named in a policy have to be declared, or the policy is about nothing. */
function checkEntities(json: unknown, at: Spot, references: References): void {
  if (Array.isArray(json)) {
    for (const item of json) checkEntities(item, at, references)
  } else if (isRecord(json)) {
    const { type, id } = json
    if (typeof type === 'string' && typeof id === 'string') {
      const what = Object.entries(declaredTypes).find(([name]) => name === type)?.[1]
      if (what !== undefined) references.refer(what, id, at)
    }
    for (const value of Object.values(json)) checkEntities(value, at, references)
  }
}

/** Where each policy, given verbatim, stands in the file. Policies come sorted by name, which is not their order. */
function locate(
  text: string,
  policies: readonly string[],
): readonly { readonly source: string; readonly line: number }[] {
  const next = new Map<string, number>()
  return policies
    .map((source) => {
      const at = Math.max(0, text.indexOf(source, next.get(source) ?? 0))
      next.set(source, at + 1)
      return { source, at, line: text.slice(0, at).split('\n').length }
    })
    .toSorted((a, b) => a.at - b.at)
}

function lineAt(text: string, byteOffset: number): number {
  return Buffer.from(text, 'utf8').subarray(0, byteOffset).toString('utf8').split('\n').length
}

function annotation(annotations: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = annotations[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

function words(annotations: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const value = annotation(annotations, name)
  return value === null ? [] : [...new Set(value.split(',').map((word) => word.trim()))]
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
