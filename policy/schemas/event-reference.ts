// The reference of ledger entries for people, as Markdown: every type of event with its sentence and its fields, from the
// same schemas entries are checked against. Published as docs/evidence-events.md; a test says when that is behind.

import { eventThemes } from '../events.ts'
import { isSchema, sharedSchemas, titleOf } from './events.ts'
import type { Schema } from './schema.ts'

const head = `# Entries of the ledger

Each step leaves an entry in the ledger: \`{"at": ms, "data": {...}, "type": string, "v": 1}\`
([FORMAT.md](../recorder/FORMAT.md), section 2.1). This page says which types there are and what \`data\` of each holds.
It is made from the schemas that the gateway checks every entry against before it is written, published for programs as
[events.schema.json](../policy/schemas/events.schema.json) (JSON Schema 2020-12). Edit neither of the two: change
\`policy/events\`, and let the test of the schemas write them anew.

People, sessions and everything else stand by id. Free text, login names and addresses are personal data and stand as
commitments: what they stand for is kept outside the ledger, goes along in an export, and can be erased. A field with
\`?\` may be absent.

\`sallyport verify\` tells of entries whose type or data is not on this page: another version wrote them. That is no fault.
`

/** The page, whole. */
export function eventReference(): string {
  const themes = Object.entries(eventThemes).flatMap(([theme, schemas]) => [
    `## ${theme}`,
    ...Object.entries(schemas).flatMap(([type, schema]) => [`### \`${type}\``, ...describe({ ...schema })]),
  ])
  const shared = [...sharedSchemas].flatMap(([title, schema]) => [`### ${title}`, ...describe(schema, title)])
  return `${[head.trimEnd(), ...themes, '## Words used in them', ...shared].join('\n\n')}\n`
}

/** Sentence and fields, or shape, of a schema; `within` is its own name, where it has one. */
function describe(schema: Schema, within?: string): string[] {
  const title = titleOf(schema)
  const sentence = sentenceOf(schema)
  if (title !== undefined && title !== within) return [...sentence, `Carries ${sayShape(schema)}.`]
  const variants = listOf(schema, 'anyOf')
  if (variants.length > 0 && variants.every((each) => 'properties' in each))
    return [...sentence, ...variants.flatMap((each, i) => [i === 0 ? 'Either:' : 'Or:', fieldTable(each)])]
  return [...sentence, 'properties' in schema ? fieldTable(schema) : sayShape({ ...schema, title: undefined })]
}

function sentenceOf({ description }: Schema): string[] {
  return typeof description === 'string' ? [description] : []
}

function fieldTable(schema: Schema): string {
  const required = new Set(Array.isArray(schema['required']) ? schema['required'].map(String) : [])
  const rows = Object.entries(mapOf(schema['properties'])).map(([name, field]) => {
    const own = sharedSchemas.get(titleOf(field) ?? '')?.['description']
    const { description = '' } = field
    const meaning = description === own ? '' : String(description)
    return `| \`${name}${required.has(name) ? '' : '?'}\` | ${cell(sayShape(field))} | ${cell(meaning)} |`
  })
  return ['| field | holds | |', '| --- | --- | --- |', ...rows].join('\n')
}

/** What a schema takes, in words for one cell of a table. */
function sayShape(schema: Schema): string {
  const title = titleOf(schema)
  if (title !== undefined) return `[${title}](#${title.toLowerCase()})`
  const choices = listed(schema['enum'])
  if (choices.length > 0) return choices.map((choice) => `\`${String(choice)}\``).join(', ')
  const variants = listOf(schema, 'anyOf')
  if (variants.length > 0) return variants.map(sayShape).join(' or ')
  if (schema['type'] === 'array') return `list of ${sayShape(mapOf(schema)['items'] ?? {})}`
  if ('properties' in schema) {
    const required = new Set(listed(schema['required']))
    const fields = Object.entries(mapOf(schema['properties'])).map(
      ([name, field]) => `\`${name}${required.has(name) ? '' : '?'}\`: ${sayShape(field)}`,
    )
    return `{ ${fields.join('; ')} }`
  }
  if (schema['type'] === 'object') return `${sayShape(mapOf(schema)['additionalProperties'] ?? {})} by name`
  if (typeof schema['pattern'] === 'string') return `text of the form \`${schema['pattern']}\``
  return plainShapes[String(schema['type'])] ?? 'anything'
}

const plainShapes: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'true or false',
  null: 'null',
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function listOf(schema: Schema, key: string): readonly Schema[] {
  return listed(schema[key]).filter(isSchema)
}

function mapOf(value: unknown): Readonly<Record<string, Schema>> {
  const entries = isSchema(value) ? Object.entries(value) : []
  return Object.fromEntries(entries.filter((entry): entry is [string, Schema] => isSchema(entry[1])))
}
