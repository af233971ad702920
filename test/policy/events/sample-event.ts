// Makes what an entry of a type carries from its schema alone, with all optional fields or none, and spoils it in one place.

import fc from 'fast-check'
import { eventSchemas } from '../../../policy/index.ts'

type Node = Readonly<Record<string, unknown>>
export type Data = Readonly<Record<string, unknown>>

const texts: Readonly<Record<string, string>> = {
  '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$': 'plant-1',
  '^sha256:[0-9a-f]{64}$': `sha256:${'a'.repeat(64)}`,
}

/** What an entry of the type may carry. @throws for a type that is none. */
export function sampleOf(type: string, optional: 'with optional' | 'bare' = 'with optional'): Data {
  const schema = Object.entries(eventSchemas).find(([name]) => name === type)?.[1]
  const sample = valueOf(nodeOf(schema), optional === 'bare')
  if (!isNode(sample)) throw new Error(`${type}: expected a map`)
  return sample
}

/** The same with one value anywhere in it replaced or one key left out: mostly wrong, sometimes as good as before. */
export function someOf(data: Data): fc.Arbitrary<unknown> {
  const paths = pathsIn(data)
  const junk = fc.constantFrom<unknown>('', 'x', 'plant-1', 0, 1.5, -1, true, null, [], {}, ['x'], { kind: 'all' })
  return fc.tuple(fc.nat(paths.length - 1), fc.option(junk, { nil: undefined })).map(([i, value]) => {
    const copy: unknown = structuredClone(data)
    const path = paths[i] ?? []
    let at: unknown = copy
    for (const step of path.slice(0, -1)) at = Reflect.get(Object(at), step)
    const last = path.at(-1)
    if (last === undefined) return value ?? null
    if (value === undefined && !Array.isArray(at)) Reflect.deleteProperty(Object(at), last)
    else Reflect.set(Object(at), last, value ?? null)
    return copy
  })
}

function valueOf(node: Node, bare: boolean): unknown {
  const [choice] = listed(node['enum'])
  if (choice !== undefined) return choice
  const [variant] = listed(node['anyOf'])
  if (variant !== undefined) return valueOf(nodeOf(variant), bare)
  switch (node['type']) {
    case 'object':
      return 'properties' in node ? recordOf(node, bare) : { some: valueOf(nodeOf(node['additionalProperties']), bare) }
    case 'array':
      return [valueOf(nodeOf(node['items']), bare)]
    case 'string':
      return textOf(node['pattern'])
    case 'number':
    case 'integer':
      return 7
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      throw new Error(`no sample for ${JSON.stringify(node)}`)
  }
}

function recordOf(node: Node, bare: boolean): Data {
  const required = listed(node['required'])
  const fields = Object.entries(nodeOf(node['properties'])).filter(([key]) => !bare || required.includes(key))
  return Object.fromEntries(fields.map(([key, each]) => [key, valueOf(nodeOf(each), bare)]))
}

function textOf(pattern: unknown): string {
  if (typeof pattern !== 'string') return 'some text'
  const known = texts[pattern]
  if (known !== undefined) return known
  const [, prefix = ''] = /^\^([a-z]{3})_/.exec(pattern) ?? []
  return `${prefix}_${'0'.repeat(26)}`
}

function pathsIn(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((each, i) => pathsIn(each, [...path, i]))]
  if (!isNode(value)) return [path]
  return [path, ...Object.entries(value).flatMap(([key, each]) => pathsIn(each, [...path, key]))]
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function nodeOf(value: unknown): Node {
  if (!isNode(value)) throw new Error(`expected a schema, got ${JSON.stringify(value)}`)
  return value
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
