// The schemas for editors: published as they are in code, taking what the parser takes, refusing what one file can show.

import { join } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { bundleSchemas, schemaFileOf } from '../../../policy/schemas/files.ts'
import { demoFiles } from '../demo-bundle.ts'
import { smallFiles } from '../bundle/small-bundle.ts'
import { problemsOf } from '../bundle/spoilt.ts'

const published = join(import.meta.dirname, '../../../policy/schemas')
// `required` in the branches of `oneOf` names properties that stand beside it.
const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true })
const check = new Map([...bundleSchemas].map(([file, schema]) => [file, ajv.compile(schema)]))
const files = [...bundleSchemas.keys()]

/** What the schema of a file finds in a document; empty when it takes it. */
function faultsOf(file: string, document: unknown): readonly string[] {
  const validate = check.get(file)
  if (validate === undefined) throw new Error(`no schema for ${file}`)
  return validate(document)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`)
}

type Path = readonly (string | number)[]

/** Each key of each map inside a document, once for all entries of a list. */
function keysIn(document: unknown): readonly (readonly [Path, string])[] {
  const keys = mapsIn(document).flatMap(([path, map]) => Object.keys(map).map((key) => [path, key] as const))
  const shapeOf = ([path, key]: (typeof keys)[number]): string =>
    [...path.map((step) => (typeof step === 'number' ? '' : step)), key].join('.')
  return [...new Map(keys.map((each) => [shapeOf(each), each])).values()]
}

/** Every map inside a document, with its path. */
function mapsIn(value: unknown, path: Path = []): readonly (readonly [Path, Readonly<Record<string, unknown>>])[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => mapsIn(item, [...path, i]))
  if (!isMap(value)) return []
  return [[path, value], ...Object.entries(value).flatMap(([key, each]) => mapsIn(each, [...path, key]))]
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A copy of a document with the map at a path passed through a change. */
function changed(document: unknown, path: Path, change: (map: Record<string, unknown>) => void): unknown {
  const copy: unknown = structuredClone(document)
  let at = copy
  for (const step of path) at = Reflect.get(Object(at), step)
  if (!isMap(at)) throw new Error('expected a map')
  change(at)
  return copy
}

const small = smallFiles()
const documentOf = (file: string): unknown => parse(small.get(file) ?? '')
/** What the parser finds in a file. Without the policies, which take the most time and are none of a schema's business. */
const problemsWith = (file: string, document: unknown) =>
  problemsOf((all) => {
    for (const name of all.keys()) if (name.endsWith('.cedar')) all.delete(name)
    all.set(file, stringify(document))
  }).filter((problem) => problem.file === file)

describe('the schemas', () => {
  it.each(files)('%s is published as it is in code', async (file) => {
    const text = `${JSON.stringify(bundleSchemas.get(file), null, 2)}\n`
    await expect(text).toMatchFileSnapshot(join(published, schemaFileOf(file)))
  })

  it.each(files)('%s of the small and the demo bundle is taken', (file) => {
    expect(faultsOf(file, documentOf(file))).toEqual([])
    const text = demoFiles().get(file)
    if (text !== undefined) expect(faultsOf(file, parse(text))).toEqual([])
  })

  it.each(files)('%s: an unknown key anywhere is refused by schema and parser', (file) => {
    const document = documentOf(file)
    for (const [path, key] of keysIn(document)) {
      // What a cell says is free.
      if (path.at(-1) === 'values') continue
      const spoilt = changed(document, path, (map) => void (map[`${key}s`] = map[key]))
      expect(faultsOf(file, spoilt), path.join('.')).not.toEqual([])
      expect(problemsWith(file, spoilt), path.join('.')).not.toEqual([])
    }
  })

  it.each(files)('%s: a key the parser misses is required by the schema, and no other', (file) => {
    const document = documentOf(file)
    for (const [path, key] of keysIn(document)) {
      const spoilt = changed(document, path, (at) => void delete at[key])
      const problems = problemsWith(file, spoilt)
      const faults = faultsOf(file, spoilt)
      const missed = problems.some(({ reason }) => reason === `missing: expected \`${key}\` here`)
      const required = faults.some((fault) => fault.includes(`required property '${key}'`))
      const where = [...path, key].join('.')
      expect(missed && !required, where).toBe(false)
      expect(faults.length > 0 && problems.length === 0, where).toBe(false)
    }
  })

  it.each(files)('%s: what the schema refuses, the parser refuses', (file) => {
    const document = documentOf(file)
    const maps = mapsIn(document).filter(([path]) => path.at(-1) !== 'values')
    const junk = fc.oneof(
      fc.constantFrom<unknown>('', ' ', 'x', 'SIS', 'cut', 'drain', '06:00', '2026-01-01', 'a'.repeat(700), 'A B'),
      fc.constantFrom<unknown>(0, -1, 1, 1.5, 9, 100_000, true, false, null, [], ['x'], [1], {}, { drain: 5 }),
    )
    const spoil = fc.tuple(fc.nat(maps.length - 1), fc.nat(20), junk).map(([i, k, value]) => {
      const [path, map] = maps[i] ?? [[], {}]
      const keys = Object.keys(map)
      const key = keys[k % keys.length] ?? ''
      return changed(document, path, (at) => void (at[key] = value))
    })
    fc.assert(
      fc.property(spoil, (spoilt) => {
        if (faultsOf(file, spoilt).length > 0) expect(problemsWith(file, spoilt)).not.toEqual([])
      }),
      { numRuns: 25 },
    )
  })
})

describe('what one file shows', () => {
  const wrong: readonly (readonly [string, string, string, string])[] = [
    ['scope.yaml', 'a window of nothing', 'maxWindowMinutes: 480', 'maxWindowMinutes: 0'],
    ['scope.yaml', 'a phase that is none', 'phase: 3', 'phase: 4'],
    ['scope.yaml', 'an empty criterion', 'types: [plc, hmi, safety-controller]', 'types: []'],
    ['scope.yaml', 'a version that is a number', 'version: 2026-1', 'version: 2026'],
    ['zones.yaml', 'a level that is none', 'level: 3\n', 'level: 6\n'],
    ['zones.yaml', 'a boundary that is none', 'profile: L3-L2', 'profile: L3-L1'],
    ['zones.yaml', 'a protocol that is none', 'protocols: [ssh]', 'protocols: [carrier-pigeon]'],
    ['zones.yaml', 'a day in another form', 'reviewBy: 2035-12-31', 'reviewBy: 31.12.2035'],
    ['assets.yaml', 'a bare drain', 'expiry: { drain: 10 }', 'expiry: drain'],
    ['assets.yaml', 'a safety system without level', '    sil: 3\n', ''],
    ['assets.yaml', 'an endpoint without host keys', 'hostKeys:\n', 'hostKeys: []\n        more:\n'],
    ['assets.yaml', 'a port that is none', 'port: 2201', 'port: 70000'],
    ['assets.yaml', 'a credential that is a secret', 'credential: ews-1-service', 'credential: Hunter2!'],
    ['assets.mapping.yaml', 'a field that is none', '  line: Line', '  lines: Line'],
    ['assets.mapping.yaml', 'a column and a constant', '{ constant: none }', '{ constant: none, column: x }'],
    ['suppliers.yaml', 'a contract without end', 'from: 2024-01-01, until: 2035-12-31', 'from: 2024-01-01'],
    ['suppliers.yaml', 'sessions without number', 'maxSessions: 4', 'maxSessions: many'],
    ['calendars.yaml', 'a day of the week that is none', '[sat]', '[saturday]'],
    ['calendars.yaml', 'a time that is none', "until: '14:00'", "until: '25:00'"],
    ['calendars.yaml', 'a window that never is', "    weekly: { days: [sat], from: '06:00', until: '14:00' }\n", ''],
    ['calendars.yaml', 'a shift of nobody', '[lead-early]', '[]'],
    ['access.yaml', 'a tier that is none', '  normal:', '  usual:'],
    ['access.yaml', 'a target of nothing', 'targetMinutes: 20', 'targetMinutes: 0'],
    ['handling.yaml', 'a class kept for nothing', 'keepDays: 400', 'keepDays: 0'],
    ['handling.yaml', 'an export that is none', 'export: without-keys', 'export: keyless'],
    [
      'handling.yaml',
      'a view that says nothing',
      '{ roles: [auditor, isms-manager, safety-engineer], secondPerson: true }',
      '{}',
    ],
    ['register.yaml', 'an exception without an end', '    until: 2026-12-31\n', ''],
    ['register.yaml', 'an exception that nothing compensates', 'compensating: [GW-LOG-02]', 'compensating: []'],
  ]
  it.each(wrong)('%s: %s is refused by schema and parser', (file, _, from, to) => {
    const text = small.get(file) ?? ''
    expect(text).toContain(from)
    const spoilt = text.replace(from, to)
    expect(faultsOf(file, parse(spoilt))).not.toEqual([])
    expect(problemsOf((all) => void all.set(file, spoilt)).filter((problem) => problem.file === file)).not.toEqual([])
  })
})
