// Takes permits apart into their single conditions, so that when nothing permits, the refusal can say which condition
// of which permit did not hold. The parts are only ever asked to explain; they decide nothing.

import { clauseText, permitWhere, policyJson } from '../cedar/engine.ts'
import type { PermitPart, PolicyRule } from './bundle.ts'
import { isRecord } from './cedar.ts'

export interface Parts {
  /** Cedar policies in JSON form by part id. */
  readonly policies: Readonly<Record<string, unknown>>
  readonly all: readonly PermitPart[]
}

/** One part for what a permit is about, one for each condition that must hold. */
export function takeApart(rules: Iterable<PolicyRule>): Parts {
  const policies: Record<string, unknown> = {}
  const all: PermitPart[] = []
  for (const rule of rules) {
    if (rule.effect !== 'permit') continue
    const json = policyJson(rule.source)
    if (!isRecord(json)) continue
    const about = { principal: json.principal, action: json.action, resource: json.resource }
    policies[`${rule.id}#scope`] = permitWhere(about, [])
    all.push({ id: `${rule.id}#scope`, policy: rule.id, kind: 'scope', text: '' })
    const conditions = Array.isArray(json.conditions) ? json.conditions : []
    for (const [i, { kind, body }] of conditions.flatMap(conjuncts).entries()) {
      const id = `${rule.id}#${i}`
      const text = clauseText(kind, body)
      if (text === null) continue
      policies[id] = permitWhere(about, [{ kind, body }])
      all.push({ id, policy: rule.id, kind: 'condition', text: kind === 'unless' ? `not (${text})` : text })
    }
  }
  return { policies, all }
}

interface Condition {
  readonly kind: 'when' | 'unless'
  readonly body: unknown
}

/** `when { a && b }` holds when both hold; `unless { a || b }` when neither does. */
function conjuncts(condition: unknown): readonly Condition[] {
  if (!isRecord(condition)) return []
  const kind = condition.kind === 'unless' ? 'unless' : 'when'
  return split(condition.body, kind === 'when' ? '&&' : '||').map((body) => ({ kind, body }))
}

function split(body: unknown, operator: '&&' | '||'): readonly unknown[] {
  const both = isRecord(body) ? body[operator] : undefined
  return isRecord(both) ? [...split(both.left, operator), ...split(both.right, operator)] : [body]
}
