// The Cedar engine behind a narrow face: nothing else calls it. It keeps parsed policy sets by name inside its
// own memory; names carry the bundle's digest, so two bundles never meet.

import type {
  CedarValueJson,
  CheckParseAnswer,
  DetailedError,
  EntityJson,
  EntityUidJson,
  policyToText,
} from '@cedar-policy/cedar-wasm/nodejs'
import { faultInDepth } from './depth.ts'
import { callAndKeep, callEngine } from './instance.ts'
import { schema } from './schema.ts'

export type { CedarValueJson, EntityJson }

/** A fault in policy text. `offset` counts UTF-8 bytes from the start of the text given. */
export interface CedarFault {
  readonly message: string
  readonly offset: number | null
}

export interface CedarQuestion {
  readonly policySet: string
  readonly principal: EntityUidJson
  readonly action: string
  readonly resource: EntityUidJson
  readonly context: Record<string, CedarValueJson>
  readonly entities: EntityJson[]
}

export type CedarAnswer =
  /** `determining`: ids of the policies that made it so. `errors`: policies that could not be evaluated. */
  | {
      readonly kind: 'answered'
      readonly allow: boolean
      readonly determining: readonly string[]
      readonly errors: readonly { readonly policy: string; readonly message: string }[]
    }
  /** The question itself was refused, or the engine failed. */
  | { readonly kind: 'failed'; readonly message: string }

const schemaName = 'sallyport'

/** The policies of one file, verbatim, and what is wrong with it. */
export function splitPolicies(text: string): {
  readonly policies: readonly string[]
  readonly faults: readonly CedarFault[]
} {
  const deep = faultInDepth(text)
  if (deep !== null) return { policies: [], faults: [deep] }
  const answer = callEngine((engine) => engine.policySetTextToParts(text))
  if (answer.type === 'failure') {
    return { policies: [], faults: answer.errors.map(fault) }
  }
  const faults = answer.policy_templates.map((template) => ({
    message: 'expected a policy without slots, got a template',
    offset: byteOffset(text, template),
  }))
  return { policies: answer.policies, faults }
}

/**
 * What the engine said of policies, the longest unasked first. Reading one bundle asks five times for each, and a change,
 * its comparison and its dry run read the same ones again: the engine's answer takes longer than all else about a policy.
 */
const readForms = new Map<string, unknown>()
/** Some kilobytes each. Twice what the largest bundle is meant to have. */
const mostReadForms = 2_000

/** One policy as Cedar's JSON form, the same value for whoever asks; unknown, because its shape is the engine's business. */
export function policyJson(text: string): unknown {
  const known = readForms.get(text)
  if (known !== undefined) {
    readForms.delete(text)
    readForms.set(text, known)
    return known
  }
  const answer = callEngine((engine) => engine.policyToJson(text))
  if (answer.type !== 'success') return null
  readForms.set(text, answer.json)
  const [oldest] = readForms.keys()
  if (readForms.size > mostReadForms && oldest !== undefined) readForms.delete(oldest)
  return answer.json
}

/** A permit about everything with one clause, as text. Null when the clause can't be written as text. */
export function clauseText(kind: 'when' | 'unless', body: unknown): string | null {
  const policy = permitWhere({}, [{ kind, body }]) as Parameters<typeof policyToText>[0]
  const answer = callEngine((engine) => engine.policyToText(policy))
  if (answer.type !== 'success') return null
  const inside = /(?:when|unless)\s*\{([\s\S]*)\}\s*;\s*$/.exec(answer.text)?.[1]
  return inside === undefined ? null : inside.replace(/\s+/g, ' ').trim()
}

/** A permit in Cedar's JSON form; a constraint not given takes everything. */
export function permitWhere(
  constraints: { readonly principal?: unknown; readonly action?: unknown; readonly resource?: unknown },
  conditions: readonly unknown[],
): unknown {
  const all = { op: 'All' }
  return {
    effect: 'permit',
    principal: constraints.principal ?? all,
    action: constraints.action ?? all,
    resource: constraints.resource ?? all,
    conditions,
  }
}

/** Faults against the schema, by policy id. Warnings count: a policy that can never apply is not what somebody meant. */
export function checkTypes(
  policies: Readonly<Record<string, string>>,
): readonly (CedarFault & { readonly policy: string })[] {
  const answer = callEngine((engine) => engine.validate({ schema, policies: { staticPolicies: { ...policies } } }))
  if (answer.type === 'failure') return answer.errors.map((error) => ({ ...fault(error), policy: '' }))
  return [...answer.validationErrors, ...answer.validationWarnings].map(({ policyId, error }) => ({
    ...fault(error),
    policy: policyId,
  }))
}

/** Parse the schema once and keep it; needed before the first set is asked. Null on success, else what is wrong. */
export function keepSchema(): string | null {
  return faultOf(callAndKeep('schema', (engine) => engine.preparseSchema(schemaName, schema), true))
}

/** Parse a set once and keep it under a name. Null on success, else what is wrong. */
export function keepPolicies(name: string, policies: Readonly<Record<string, unknown>>): string | null {
  // The engine checks the shape itself and says what is wrong with it.
  const staticPolicies = policies as Record<string, string>
  const isKept = Object.keys(policies).length > 0
  return faultOf(callAndKeep(`set ${name}`, (engine) => engine.preparsePolicySet(name, { staticPolicies }), isKept))
}

function faultOf(answer: CheckParseAnswer): string | null {
  return answer.type === 'success' ? null : answer.errors.map((error) => error.message).join('; ')
}

/** Ask a kept set. Never throws: an engine that fails is an answer too. */
export function ask(question: CedarQuestion): CedarAnswer {
  try {
    const answer = callEngine((engine) =>
      engine.statefulIsAuthorized({
        principal: question.principal,
        action: { type: 'Action', id: question.action },
        resource: question.resource,
        context: question.context,
        preparsedSchemaName: schemaName,
        validateRequest: true,
        preparsedPolicySetId: question.policySet,
        entities: question.entities,
      }),
    )
    if (answer.type === 'failure') {
      return { kind: 'failed', message: answer.errors.map((error) => error.message).join('; ') }
    }
    const { decision, diagnostics } = answer.response
    return {
      kind: 'answered',
      allow: decision === 'allow',
      determining: diagnostics.reason,
      errors: diagnostics.errors.map(({ policyId, error }) => ({ policy: policyId, message: error.message })),
    }
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : 'the policy engine failed' }
  }
}

function fault(error: DetailedError): CedarFault {
  const message = error.message.replace(/^for policy `[^`]*`[,:] /, '').replace(/\s+/g, ' ')
  return {
    message: error.help === null ? message : `${message}: ${error.help.replace(/\s+/g, ' ')}`,
    offset: error.sourceLocations?.[0]?.start ?? null,
  }
}

function byteOffset(text: string, part: string): number | null {
  const at = text.indexOf(part)
  return at < 0 ? null : Buffer.byteLength(text.slice(0, at))
}
