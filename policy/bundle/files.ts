// The files of a bundle: which there are, which may be missing, how large each may be, and what each declares that
// others refer to.

import { digestOf } from '../digest.ts'
import { suggestion, type Problems, type Spot } from './problem.ts'
import type { Named } from './references.ts'

interface Section {
  /** Lists in the file, and what they declare. Where one can't be read, nothing is said of those who refer to it. */
  readonly declares: Readonly<Record<string, Named>>
  readonly optional: boolean
  /** In UTF-16 units. */
  readonly largest: number
}

const megabyte = 1024 * 1024
/**
 * A YAML file is parsed into a tree of some hundred times its size, at two megabytes a second: this is about seventeen
 * thousand assets, six seconds and a gigabyte while it is read. Larger inventories come as CSV.
 */
const inventoryLimit = 8 * megabyte
/** What people write by hand is far below this. */
const yamlLimit = 2 * megabyte
/** Read row by row, five megabytes a second: a hundred thousand assets with a host key each are about 20 MB. */
const csvLimit = 64 * megabyte

const yaml = (declares: Section['declares'], optional = false): Section => ({ declares, optional, largest: yamlLimit })

/** Every file beside the policies. At least one of `assets.yaml` and `assets.csv` is needed. */
export const sections: Readonly<Record<string, Section>> = {
  'scope.yaml': yaml({ plants: 'plant' }),
  'zones.yaml': yaml({ zones: 'zone', conduits: 'conduit' }),
  'assets.yaml': { declares: { assets: 'asset' }, optional: true, largest: inventoryLimit },
  'assets.csv': { declares: {}, optional: true, largest: csvLimit },
  'assets.mapping.yaml': yaml({}, true),
  'information.yaml': yaml({ information: 'information asset' }, true),
  'suppliers.yaml': yaml({ suppliers: 'supplier' }),
  'calendars.yaml': yaml({}, true),
  'access.yaml': yaml({}, true),
  'handling.yaml': yaml({}, true),
  'files.yaml': yaml({}, true),
  'register.yaml': yaml({ controls: 'control', risks: 'risk' }),
}
export const policyFile = /^policies\/[A-Za-z0-9][A-Za-z0-9._-]*\.cedar$/
/** A thousand rules with their texts are well below this. */
const policyLimit = 4 * megabyte

/** The files that are expected and readable. The others, and those that are missing, are reported. */
export function checkFiles(files: ReadonlyMap<string, string>, problems: Problems): ReadonlyMap<string, string> {
  const readable = new Map<string, string>()
  for (const [file, text] of files) {
    const at: Spot = { file: printable(file), path: '', line: null }
    const largest = sections[file]?.largest ?? (policyFile.test(file) ? policyLimit : null)
    if (largest === null) {
      if (file === 'README.md') continue
      const hint =
        suggestion(file, Object.keys(sections)) ||
        ': expected only the yaml and csv files of a bundle, `policies/*.cedar` and `README.md`'
      problems.report(at, `unexpected file${hint}`)
    } else if (text.length > largest) {
      const instead = file === 'assets.yaml' ? ': write large inventories as assets.csv' : ''
      problems.report(at, `expected at most ${largest} characters, got ${text.length}${instead}`)
    } else if (text.includes('\ufffd') || !text.isWellFormed()) {
      problems.report(at, 'expected utf-8 text, got bytes that are none')
    } else {
      readable.set(file, text)
    }
  }
  for (const [file, { optional }] of Object.entries(sections)) {
    if (!files.has(file) && !optional) problems.report({ file, path: '', line: null }, 'missing file')
  }
  const [listed, table, mapping] = ['assets.yaml', 'assets.csv', 'assets.mapping.yaml'].map((file) => files.has(file))
  const missing = (file: string, why: string): void =>
    problems.report({ file, path: '', line: null }, `missing file${why}`)
  if (!listed && !table) missing('assets.yaml', ': expected it, or `assets.csv` with `assets.mapping.yaml`')
  if (table && !mapping)
    missing('assets.mapping.yaml', ': expected it beside `assets.csv`, to say what its columns are')
  if (mapping && !table) missing('assets.csv', ': expected it beside `assets.mapping.yaml`')
  return readable
}

/** SHA-256 (64 hex digits) by which a bundle is cited: over the paths and contents of all its files, sorted by path. */
export function bundleDigest(files: ReadonlyMap<string, string>): string {
  return digestOf(['sallyport.bundle.v1', ...[...files].toSorted(byPath).flat()])
}

export function byPath([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function printable(file: string): string {
  const shown = file.replace(/[^\x20-\x7e]/gu, '?')
  return shown.length > 120 ? `${shown.slice(0, 117)}...` : shown
}
