// The demo bundle as files, for tests that start from a good bundle and spoil one thing.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseBundle } from '../../policy/bundle/parse.ts'
import { showProblem } from '../../policy/bundle/problem.ts'
import type { Bundle } from '../../policy/bundle/bundle.ts'

const folder = join(import.meta.dirname, '../../gateway/demo/bundle')

export function demoFiles(): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(yaml|csv|cedar|md)$/.test(name),
  )
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

/** The demo bundle, each file passed through the changes given for it. */
export function bundleWith(changes: Readonly<Record<string, (text: string) => string>> = {}): Bundle {
  const files = demoFiles()
  for (const [file, change] of Object.entries(changes)) files.set(file, change(files.get(file) ?? ''))
  const parsed = parseBundle(files)
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(showProblem).join('\n'))
  return parsed.bundle
}
