// Says in words what is wrong with a value of the configuration: which field, what was expected and what stands there.
// The schema decides; here it is only put into words, so that nobody has to read a pattern.

import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { quote, suggestion } from '../policy/index.ts'

/** The parts of a schema that the fields of the configuration use. */
interface Form {
  readonly description?: string
  readonly type?: string
  readonly format?: string
  /** Our own: what a pattern asks for, in words. */
  readonly expected?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly items?: TSchema
  readonly anyOf?: readonly { readonly const?: unknown }[]
  readonly properties?: Readonly<Record<string, TSchema & { readonly description?: string }>>
  readonly required?: readonly string[]
}

/**
 * Every fault of a value, each as `ssh.port: expected …, got …: what the field is`. Empty where it fits the schema.
 * @param meaning of the field the value belongs to, for entries of it that have none of their own.
 */
export function faultsIn(schema: TSchema, value: unknown, at: string, meaning = ''): readonly string[] {
  if (Value.Check(schema, value)) return []
  const form: Form = schema
  const about = meaningOf(form) || meaning
  const inner = Array.isArray(value) ? faultsInList(form, value, at, about) : faultsInside(form, value, at, about)
  return inner.length > 0 ? inner : [`${at}: expected ${expectationOf(form)}, got ${shown(form, value)}${about}`]
}

/** What a field is, as the end of a message. */
export function meaningOf({ description }: { readonly description?: string }): string {
  return description === undefined ? '' : `: ${description.replace(/\.$/, '')}`
}

function faultsInList(
  { minItems = 0, items }: Form,
  list: readonly unknown[],
  at: string,
  about: string,
): readonly string[] {
  if (items === undefined) return []
  if (list.length < minItems) return [`${at}: expected at least ${minItems} in the list, got ${list.length}${about}`]
  return list.flatMap((entry, i) => faultsIn(items, entry, `${at}[${i}]`, about))
}

function faultsInside(
  { properties, required = [] }: Form,
  value: unknown,
  at: string,
  about: string,
): readonly string[] {
  if (properties === undefined || !isRecord(value)) return []
  const missing = required.filter((name) => !(name in value))
  const wrong = Object.entries(value).flatMap(([name, child]) => {
    const schema = properties[name]
    const here = `${at}.${name}`
    return schema === undefined ? [noSuchField(here, name, properties)] : faultsIn(schema, child, here, about)
  })
  return [...missing.map((name) => `${at}.${name}: is missing${meaningOf(properties[name] ?? {}) || about}`), ...wrong]
}

/** A key that is no field: a misspelt limit would otherwise be no limit. */
export function noSuchField(at: string, name: string, known: object): string {
  return `${at}: no such field${suggestion(name, Object.keys(known)) || ': see `sallyport config reference`'}`
}

function expectationOf({ type, format, expected, minimum, maximum, anyOf }: Form): string {
  if (expected !== undefined) return expected
  if (anyOf !== undefined) return `one of ${listed(anyOf.map((each) => quote(String(each.const))))}`
  if (type === 'integer') return `a whole number from ${minimum} to ${maximum}`
  if (type === 'array') return 'a list'
  if (type === 'object') return 'a mapping of fields'
  return format === 'path' ? 'the name of a file or folder' : 'a text'
}

/** A text where a number belongs looks like one when it is written out: `port: "22"`. */
function shown({ type }: Form, value: unknown): string {
  if (value === null || value === '') return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (isRecord(value)) return 'a mapping of fields'
  return typeof value === 'string' && type === 'integer' ? `the text ${quote(value)}` : quote(value)
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
