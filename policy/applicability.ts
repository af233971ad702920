// The statement of applicability as the scope's regimes give it (ISO/IEC 27001:2022, 6.1.3 d): for each clause the
// catalogue maps, which controls of the gateway support evidence for it, whether the plant uses them, and how they
// stand. Whether a clause is met is an auditor's judgement; the plant's other controls are in its own statement.

import type { Bundle } from './bundle/bundle.ts'
import type { Instant } from './model.ts'
import { catalogue, type Control } from './register/catalogue.ts'
import type { ControlState } from './register/evaluate.ts'

/** Which of the catalogue's standards a regime named in scope.yaml stands for. A standard's own key names it too. */
const standardsOf: Readonly<Record<string, readonly string[]>> = {
  'iso-27001': ['iso27001-2022'],
  'iec-62443': ['iec62443-3-3-2013'],
  'nerc-cip': ['nerc-cip'],
  'nist-csf': ['nist-csf-2.0'],
  'nist-800-171': ['nist-800-171r2', 'nist-800-171r3'],
  // CMMC 2.0 level 2 is NIST SP 800-171 revision 2 (32 CFR 170.14).
  cmmc: ['nist-800-171r2'],
  'nist-800-53': ['nist-800-53r5'],
  tisax: ['tisax-isa-6'],
  nis2: ['nis2-2024-2690'],
}

export interface AppliedControl {
  readonly id: string
  readonly title: string
  /** Does the gateway meet the control by itself, or only its part of it? */
  readonly coverage: Control['coverage']
  /** Who answers for it; null: the plant does not use it. */
  readonly owner: string | null
  /** Null where it is not used. */
  readonly state: ControlState['kind'] | null
}

export interface ApplicableClause {
  readonly clause: string
  readonly controls: readonly AppliedControl[]
}

export interface ApplicableStandard {
  /** As scope.yaml names it. */
  readonly regime: string
  /** Key of the catalogue; null: the catalogue maps no control to this regime. */
  readonly standard: string | null
  readonly clauses: readonly ApplicableClause[]
}

export interface Applicability {
  readonly at: Instant
  readonly bundle: string
  readonly scopeVersion: string
  readonly statement: string
  readonly standards: readonly ApplicableStandard[]
  /** Controls that a regime maps and the register leaves out: each is a decision somebody has to stand by. */
  readonly unused: readonly string[]
}

/** The statement for the scope version in force; `states` are those of the register's controls now. */
export function applicability(bundle: Bundle, states: ReadonlyMap<string, ControlState>, now: Instant): Applicability {
  const { scope, register } = bundle
  const owners = new Map(register.controls.map(({ control, owner }) => [control, owner]))
  const known = new Set([...catalogue.values()].flatMap(({ mappings }) => Object.keys(mappings)))
  const apply = ({ id, title, coverage }: Control): AppliedControl => {
    const owner = owners.get(id) ?? null
    return { id, title, coverage, owner, state: owner === null ? null : (states.get(id)?.kind ?? null) }
  }
  const standards = scope.regimes.flatMap((regime): readonly ApplicableStandard[] => {
    const name = regime.toLowerCase()
    const keys = Object.hasOwn(standardsOf, name) ? (standardsOf[name] ?? []) : known.has(name) ? [name] : []
    if (keys.length === 0) return [{ regime, standard: null, clauses: [] }]
    return keys.map((standard) => ({ regime, standard, clauses: clausesOf(standard, apply) }))
  })
  const mapped = standards.flatMap(({ clauses }) => clauses).flatMap(({ controls }) => controls)
  return {
    at: now,
    bundle: bundle.digest,
    scopeVersion: scope.version,
    statement: scope.statement,
    standards,
    unused: [...new Set(mapped.filter(({ owner }) => owner === null).map(({ id }) => id))],
  }
}

function clausesOf(standard: string, apply: (control: Control) => AppliedControl): readonly ApplicableClause[] {
  const byClause = new Map<string, AppliedControl[]>()
  for (const control of catalogue.values()) {
    for (const clause of control.mappings[standard] ?? []) {
      const controls = byClause.get(clause) ?? []
      controls.push(apply(control))
      byClause.set(clause, controls)
    }
  }
  const collator = new Intl.Collator('en', { numeric: true })
  return [...byClause]
    .map(([clause, controls]) => ({ clause, controls }))
    .toSorted((a, b) => collator.compare(a.clause, b.clause))
}
