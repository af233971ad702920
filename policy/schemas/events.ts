// The published schema of ledger entries: every type of event with what it carries, as one JSON Schema document made from
// policy/events. A test says when it is behind, and writes it anew with the others (see files.ts).

import { eventSchemas } from '../events.ts'
import * as declaredWords from '../events/declared-words.ts'
import { instant } from '../events/fields.ts'
import * as names from '../events/names.ts'
import * as words from '../events/words.ts'
import type { Schema } from './schema.ts'

/** Not draft-07 as the schemas for editors: there a `$ref` may have no description beside it. */
const draft = 'https://json-schema.org/draft/2020-12/schema'

/** Schemas that stand in many events, by their name. */
export const sharedSchemas: ReadonlyMap<string, Schema> = new Map(
  [{ instant }, names, declaredWords, words]
    .flatMap((module) => Object.values(module).map((schema): [string, Schema] => [titleOf(schema) ?? '', schema]))
    // Runtimes do not agree on the order of a module's exports.
    .toSorted(([a], [b]) => (a < b ? -1 : 1)),
)

/** JSON Schema (2020-12) of an entry of the ledger (FORMAT.md section 2.1) of any type this version writes. */
export const entrySchema: Schema = {
  $schema: draft,
  title: 'Sallyport: an entry of the ledger',
  type: 'object',
  properties: {
    at: { type: 'integer', minimum: 0, description: 'Milliseconds since 1970-01-01T00:00:00Z.' },
    data: { type: 'object' },
    type: { type: 'string' },
    v: { const: 1 },
  },
  required: ['at', 'data', 'type', 'v'],
  additionalProperties: false,
  oneOf: Object.keys(eventSchemas).map((type) => ({
    properties: { type: { const: type }, data: { $ref: `#/$defs/${type}` } },
  })),
  $defs: Object.fromEntries([
    ...[...sharedSchemas].map(([title, schema]) => [title, { ...referring(schema), title }]),
    ...Object.entries(eventSchemas).map(([type, schema]) => [type, refer({ ...schema })]),
  ]),
}

export function titleOf(schema: Schema): string | undefined {
  const { title } = schema
  return typeof title === 'string' ? title : undefined
}

/** A schema with references in place of the shared ones: of itself, where it is one, and of all inside it. */
function refer(schema: Schema): Schema {
  const title = titleOf(schema)
  if (title === undefined) return referring(schema)
  const shared = sharedSchemas.get(title)
  const { description } = schema
  const isOwn = description === undefined || description === shared?.['description']
  return { $ref: `#/$defs/${title}`, ...(isOwn ? {} : { description }) }
}

function referring(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, referredUnder(key, value)]))
}

function referredUnder(key: string, value: unknown): unknown {
  if (key === 'properties' && isSchema(value))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, isSchema(each) ? refer(each) : each]))
  if (Array.isArray(value)) return value.map((each: unknown) => (isSchema(each) ? refer(each) : each))
  return isSchema(value) ? refer(value) : value
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
