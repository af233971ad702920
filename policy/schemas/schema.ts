// The words the schemas of bundle files are written in: JSON Schema draft-07, which editors' YAML servers speak. Maps are
// written against the shapes the parsers read by, so that a key in one and not in the other does not compile.

import type { Shape } from '../bundle/fields.ts'
import { timePattern } from '../bundle/times.ts'
import { weekdays } from '../model.ts'

export type Schema = Readonly<Record<string, unknown>>

/** A map with exactly the keys of a shape. */
export function map<Required extends string, Optional extends string>(
  description: string,
  { required, optional }: Shape<Required, Optional>,
  properties: Readonly<Record<Required | Optional, Schema>>,
  more: Schema = {},
): Schema {
  const inOrder = [...required, ...optional].map((key) => [key, properties[key]] as const)
  return {
    type: 'object',
    description,
    properties: Object.fromEntries(inOrder),
    ...(required.length > 0 ? { required: [...required] } : {}),
    additionalProperties: false,
    ...more,
  }
}

export function list(
  description: string,
  items: Schema,
  {
    atLeast = 0,
    atMost,
    distinct = false,
  }: { readonly atLeast?: number; readonly atMost?: number; readonly distinct?: boolean } = {},
): Schema {
  return {
    type: 'array',
    description,
    items,
    ...(atLeast > 0 ? { minItems: atLeast } : {}),
    ...(atMost === undefined ? {} : { maxItems: atMost }),
    ...(distinct ? { uniqueItems: true } : {}),
  }
}

/** A text of one line; YAML's folded blocks count as one. */
export function text(description: string, upTo = 500): Schema {
  // Room for the newline a folded block ends with.
  return { type: 'string', description, pattern: '\\S', maxLength: upTo + 1 }
}

export function integer(description: string, minimum: number, maximum: number): Schema {
  return { type: 'integer', description, minimum, maximum }
}

export function flag(description: string): Schema {
  return { type: 'boolean', description }
}

export function choice(description: string, choices: readonly (string | number)[]): Schema {
  return { description, enum: [...choices] }
}

/** A text of a certain form, white space around it passed over. */
export function form(description: string, pattern: string): Schema {
  return { type: 'string', description, pattern: `^\\s*(?:${pattern.replace(/^\^|\$$/g, '')})\\s*$` }
}

export const id = (description: string): Schema => form(description, '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?')
export const ids = (description: string, what: string): Schema => list(description, id(`id of ${what}`), { atLeast: 1 })
export const day = (description: string): Schema =>
  form(`${description} (a day, as 2026-03-31)`, '\\d{4}-\\d{2}-\\d{2}')
export const time = (description: string): Schema => form(`${description} (on the clock, as 06:00)`, timePattern)
export const dateTime = (description: string): Schema =>
  form(`${description} (the plant's own time, as 2026-12-24T06:00)`, '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}')
export const login = (description: string): Schema => form(description, '[a-z][a-z0-9._-]{0,31}')
export const country = (description: string): Schema => form(`${description} (ISO 3166, as DE)`, '[A-Z]{2}')
export const days = (description: string): Schema => ({
  ...list(description, choice('a day of the week', weekdays), { atLeast: 1 }),
  uniqueItems: true,
})
export const words = (description: string, atLeast = 0): Schema => list(description, text('one word', 60), { atLeast })
