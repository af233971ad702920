// Canonical JSON (RFC 8785): one byte string for each value, so that a digest of a document is a digest of its meaning.
// What a document must contain is for its own parser to say.

import { messageOf, RecorderError } from './errors.ts'

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue }
export type JsonObject = { readonly [key: string]: JsonValue }

export type Parsed<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'malformed'; readonly reason: string }

/** Deeper nesting is refused: no document of ours needs it, and a hostile one must not exhaust the stack. */
const maxDepth = 64

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The canonical UTF-8 bytes of a value (RFC 8785).
 * @throws RecorderError `invalid-argument`, naming the path, for what JSON cannot say: undefined, non-finite numbers,
 * bigints, functions, lone surrogates, objects that are not plain, holes, and nesting deeper than 64.
 */
export function canonicalBytes(value: unknown): Buffer {
  return Buffer.from(encode(value, '$', 0), 'utf8')
}

/** Reads canonical JSON: anything that would be encoded otherwise (spacing, key order, repeated keys) is malformed. */
export function parseCanonical(bytes: Uint8Array): Parsed<JsonValue> {
  try {
    const value = JSON.parse(decoder.decode(bytes)) as JsonValue
    if (!canonicalBytes(value).equals(bytes)) return { kind: 'malformed', reason: 'not canonical JSON (RFC 8785)' }
    return { kind: 'ok', value }
  } catch (cause) {
    return { kind: 'malformed', reason: `not canonical JSON: ${messageOf(cause)}` }
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether an object has exactly these keys. */
export function hasKeys(value: object, keys: readonly string[]): boolean {
  return Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key))
}

function encode(value: unknown, path: string, depth: number): string {
  if (depth > maxDepth) throw refusal(path, 'is nested too deep')
  switch (typeof value) {
    case 'boolean':
      return value ? 'true' : 'false'
    case 'number':
      // RFC 8785 section 3.2.2.3 takes ECMAScript's own form of a number.
      if (!Number.isFinite(value)) throw refusal(path, `is not a finite number: got \`${value}\``)
      return JSON.stringify(value)
    case 'string':
      if (!value.isWellFormed()) throw refusal(path, 'has a lone surrogate')
      return JSON.stringify(value)
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? encodeArray(value, path, depth) : encodeObject(value, path, depth)
    case 'undefined':
    case 'bigint':
    case 'symbol':
    case 'function':
      throw refusal(path, `is of type \`${typeof value}\``)
  }
}

function encodeArray(value: readonly unknown[], path: string, depth: number): string {
  // A plain loop: map() would jump over holes.
  const parts: string[] = []
  for (let i = 0; i < value.length; i++) parts.push(encode(value[i], `${path}[${i}]`, depth + 1))
  return `[${parts.join(',')}]`
}

function encodeObject(value: object, path: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw refusal(path, 'is not a plain object')
  const record = value as Readonly<Record<string, unknown>>
  // Without an argument sort() orders by UTF-16 code units, which is what RFC 8785 section 3.2.3 asks for.
  const parts = Object.keys(record)
    .sort()
    .map((key) => `${encode(key, `${path}.${key}`, depth)}:${encode(record[key], `${path}.${key}`, depth + 1)}`)
  return `{${parts.join(',')}}`
}

function refusal(path: string, what: string): RecorderError {
  return new RecorderError('invalid-argument', `canonical JSON: \`${path}\` ${what}`)
}
