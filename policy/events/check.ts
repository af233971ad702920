// Holds what an entry carries against the schema of its type: before it is written, and when somebody reads a ledger that
// another version may have written. That the entry stands where it says, and is signed for, is the recorder's.

import { Compile, type Validator } from 'typebox/compile'
import { eventSchemas, type EventType } from '../events.ts'
import { quote } from '../ids.ts'

/** What this version makes of an entry. An entry that it does not know is no worse for it: another version wrote it. */
export type EventCheck =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown-type' }
  /** `faults`: where the data is otherwise than the schema, each with what was expected; never a value of it. */
  | { readonly kind: 'unknown-data'; readonly faults: readonly string[] }

const mostFaults = 5

/** Compiled when first needed: most programs meet few types. A schema always compiles to the same. */
const validators = new Map<EventType, Validator>()

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventSchemas, type)
}

/** Never throws, whatever `data` is. */
export function checkEvent(type: string, data: unknown): EventCheck {
  if (!isEventType(type)) return { kind: 'unknown-type' }
  const validator = validatorOf(type)
  return validator.Check(data) ? { kind: 'known' } : { kind: 'unknown-data', faults: faultsIn(validator, data) }
}

function validatorOf(type: EventType): Validator {
  const compiled = validators.get(type)
  if (compiled !== undefined) return compiled
  const validator = Compile(eventSchemas[type])
  validators.set(type, validator)
  return validator
}

function faultsIn(validator: Validator, data: unknown): readonly string[] {
  const faults = validator.Errors(data).flatMap((error): readonly string[] => {
    const where = error.instancePath === '' ? '' : `${quote(error.instancePath)}: `
    // A key too many is told twice: as one, and as something that nothing fits.
    if (error.keyword === 'boolean') return []
    if (error.keyword !== 'additionalProperties') return [`${where}${error.message}`]
    return [`${where}did not expect ${error.params.additionalProperties.map(quote).join(', ')}`]
  })
  const distinct = [...new Set(faults)]
  return distinct.length > mostFaults ? [...distinct.slice(0, mostFaults), 'and more of the like'] : distinct
}
