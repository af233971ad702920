// The files that fuzzing begins with: the golden files of the formats, which are the same in every run.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { parseTrust, type Trust } from '../../recorder/index.ts'

const vectors = fileURLToPath(new URL('../vectors/recorder', import.meta.url))

/** The folder of a version's golden files. */
export const goldenOf = (version: string): string => join(vectors, version)

/** Every file of all versions whose path has this at its end, or matches. */
export function goldenFiles(pattern: RegExp): readonly Buffer[] {
  return readdirSync(vectors, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name))
    .filter((path) => pattern.test(relative(vectors, path)))
    .toSorted()
    .map((path) => readFileSync(path))
}

export const golden = (version: string, path: string): Buffer => readFileSync(join(vectors, version, path))

export function goldenTrust(version: string): Trust {
  const parsed = parseTrust(JSON.parse(golden(version, 'trust.json').toString('utf8')))
  if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('; '))
  return parsed.trust
}
