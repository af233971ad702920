// What would be granted: at first what was asked, and less where an approver narrows it. Terms never widen.

import type { RefusalCode } from './outcome.ts'
import {
  operationClasses,
  type AccessAsk,
  type FileTerms,
  type OperationClass,
  type Terms,
  type Window,
} from './model.ts'
import { isSameTransfer, transferWithin, widerThan } from './transfer.ts'
import { faultOf, isWithin, show } from './window.ts'

/** What an approver changes; what is left out stays. */
export interface Changes {
  readonly window?: Window
  readonly operationClass?: OperationClass
  readonly escort?: true
  /** Added to the conditions there are. */
  readonly conditions?: string
  /** Less of the files that are asked for; null for none. */
  readonly transfer?: FileTerms | null
}

export type NarrowedTerms =
  | { readonly kind: 'ok'; readonly terms: Terms }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly text: string }

/** Characters of all conditions together. */
const longestConditions = 2_000

/** The terms of a request nobody has answered yet. */
export function firstTerms({ window, operationClass, transfer }: AccessAsk): Terms {
  return { window, operationClass, escort: false, conditions: '', ...(transfer && { transfer }) }
}

export function isSameTerms(a: Terms, b: Terms): boolean {
  return (
    a.window.from === b.window.from &&
    a.window.until === b.window.until &&
    a.operationClass === b.operationClass &&
    a.escort === b.escort &&
    a.conditions === b.conditions &&
    isSameTransfer(a.transfer, b.transfer)
  )
}

/** The terms with a change; refused where it would grant more than they do. */
export function narrowTerms(terms: Terms, changes: Changes): NarrowedTerms {
  const { window = terms.window, operationClass = terms.operationClass } = changes
  const fault = faultOf(window)
  if (fault !== null) return { kind: 'refused', code: 'window-malformed', text: fault }
  if (!isWithin(window, terms.window)) {
    const text = `expected a window inside the present one, ${span(terms.window)}, got ${span(window)}`
    return { kind: 'refused', code: 'window-outside-ask', text }
  }
  if (operationClasses.indexOf(operationClass) > operationClasses.indexOf(terms.operationClass)) {
    const text = `expected \`${terms.operationClass}\` or less, got \`${operationClass}\``
    return { kind: 'refused', code: 'terms-wider', text }
  }
  const added = changes.conditions?.trim() ?? ''
  const conditions = [terms.conditions, added].filter((text) => text !== '').join('\n')
  if (conditions.length > longestConditions) {
    const text = `expected at most ${longestConditions} characters of conditions in all, got ${conditions.length}`
    return { kind: 'refused', code: 'conditions-too-long', text }
  }
  const chosen = changes.transfer === undefined ? terms.transfer : (changes.transfer ?? undefined)
  const wider = chosen === undefined ? null : widerThan(terms.transfer, chosen)
  if (wider !== null) return { kind: 'refused', code: 'terms-wider', text: wider }
  // Who may only observe changes no file either.
  const transfer = transferWithin(chosen, operationClass)
  const escort = terms.escort || changes.escort === true
  return { kind: 'ok', terms: { window, operationClass, escort, conditions, ...(transfer && { transfer }) } }
}

const span = (window: Window): string => `${show(window.from)} to ${show(window.until)}`
