// The catalogue of controls: what each one promises, which events of the ledger feed it, and which clauses of which
// standards it serves. A plant picks from it in register.yaml; evaluate.ts tests the promises.

import declared from './controls.json' with { type: 'json' }

export interface Control {
  readonly id: string
  readonly title: string
  /** Does the gateway meet the control by itself, or only its part of it? */
  readonly coverage: 'full' | 'partial'
  readonly description: string
  /** Types of the ledger events that say anything about it. */
  readonly evidenceEvents: readonly string[]
  /** How recent the last exercise has to be, in words. */
  readonly freshness: string
  readonly failsWhen: string
  /** Clauses by standard: `iso27001-2022` -> `A.5.15`. */
  readonly mappings: Readonly<Record<string, readonly string[]>>
}

/** All controls by id, in the order an auditor reads them. */
export const catalogue: ReadonlyMap<string, Control> = new Map(
  declared.map((control) => [
    control.id,
    {
      ...control,
      coverage: control.coverage === 'full' ? 'full' : 'partial',
      mappings: Object.fromEntries(
        Object.entries(control.mappings).filter((entry): entry is [string, string[]] => entry[1] !== undefined),
      ),
    },
  ]),
)
