// One YAML file as a tree of places: each value with the path and line a problem is reported at. Takes the plain part
// of YAML 1.2 (maps, lists, scalars) and refuses the rest, so that a file says the same to a reader and to the program.
// What the values mean is left to the sections.

import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { quote } from '../ids.ts'
import type { Problems, Spot } from './problem.ts'

export type Scalar = string | number | boolean | null

export type Value =
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Place> }
  | { readonly kind: 'list'; readonly items: readonly Place[] }
  | { readonly kind: 'scalar'; readonly value: Scalar }
  /** Already reported; readers pass over it in silence. */
  | { readonly kind: 'broken' }

export interface Place extends Spot {
  readonly value: Value
}

/** The bundle's shapes are 5 deep; what goes far beyond is an attack on the reader. */
const deepest = 16

/** Read one file. Null when it can't be read as a whole; then at least one problem was reported. */
export function readDocument(file: string, text: string, problems: Problems): Place | null {
  const whole: Spot = { file, path: '', line: null }
  const lines = new LineCounter()
  try {
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      strict: true,
      // The parser would compare every key with every other: `walk` looks each up instead.
      uniqueKeys: false,
      merge: false,
      prettyErrors: false,
      // With `silent` the parser would pass over a second document in the file.
      logLevel: 'error',
      lineCounter: lines,
    })
    const faults = [...document.errors, ...document.warnings]
    for (const fault of faults) {
      problems.report({ ...whole, line: lines.linePos(fault.pos[0]).line }, `not valid yaml: ${clause(fault.message)}`)
    }
    if (faults.length > 0) return null
    return walk(document.contents, { ...whole, line: 1 }, lines, problems, 0)
  } catch (error) {
    // The parser recurses; a file nested thousands deep ends it with a RangeError.
    const why =
      error instanceof RangeError ? 'nested too deep' : error instanceof Error ? clause(error.message) : 'unreadable'
    problems.report(whole, `not valid yaml: ${why}`)
    return null
  }
}

function walk(node: unknown, at: Spot, lines: LineCounter, problems: Problems, depth: number): Place {
  const spot: Spot = { ...at, line: lineOf(node, lines) ?? at.line }
  const broken = (reason: string): Place => {
    problems.report(spot, reason)
    return { ...spot, value: { kind: 'broken' } }
  }
  if (depth > deepest) return broken(`expected at most ${deepest} levels of nesting`)
  if (node === null || node === undefined) return { ...spot, value: { kind: 'scalar', value: null } }
  if (isAlias(node))
    return broken(`aliases are not accepted: write the value out instead of ${quote(`*${node.source}`)}`)
  if (isTagged(node)) return broken(`tags are not accepted: leave out ${quote(node.tag)}`)
  if (isMap(node)) {
    const entries = new Map<string, Place>()
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? pair.key.value : pair.key
      if (typeof key !== 'string') {
        problems.report({ ...spot, line: lineOf(pair.key, lines) ?? spot.line }, 'expected a plain word as key')
        continue
      }
      const path = spot.path === '' ? key : `${spot.path}.${key}`
      const line = lineOf(pair.key, lines) ?? spot.line
      if (entries.has(key)) {
        problems.report({ ...spot, path: printable(path), line }, `key ${quote(key)} is written twice: leave one out`)
        continue
      }
      entries.set(key, walk(pair.value, { file: spot.file, path: printable(path), line }, lines, problems, depth + 1))
    }
    return { ...spot, value: { kind: 'map', entries } }
  }
  if (isSeq(node)) {
    const items = node.items.map((item, i) =>
      walk(item, { file: spot.file, path: `${spot.path}[${i}]`, line: spot.line }, lines, problems, depth + 1),
    )
    return { ...spot, value: { kind: 'list', items } }
  }
  if (isScalar(node)) {
    const value = node.value
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return { ...spot, value: { kind: 'scalar', value } }
    }
  }
  return broken('expected a map, a list, a text, a number, true or false')
}

/** An explicit tag as written (`!!binary`, `!vault`); the parser also sets a tag on plain core values, never a text of `!`. */
function isTagged(node: unknown): node is { readonly tag: string } {
  return typeof node === 'object' && node !== null && 'tag' in node && typeof node.tag === 'string'
}

function lineOf(node: unknown, lines: LineCounter): number | null {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return null
  const start: unknown = node.range[0]
  return typeof start === 'number' ? lines.linePos(start).line : null
}

function printable(path: string): string {
  const shown = path.replace(/[^\x20-\x7e]/gu, '?')
  return shown.length > 120 ? `${shown.slice(0, 117)}...` : shown
}

function clause(message: string): string {
  const first = message.split('\n')[0] ?? ''
  return `${first.slice(0, 1).toLowerCase()}${first.slice(1)}`.replace(/\.$/, '').replace(/[^\x20-\x7e]/gu, '?')
}
