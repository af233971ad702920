// A small bundle that says something in every file, for tests that spoil one thing. It is kept apart from the demo's,
// which grows with the demo.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Bundle } from '../../../policy/bundle/bundle.ts'
import { parseBundle } from '../../../policy/bundle/parse.ts'
import { showProblem } from '../../../policy/bundle/problem.ts'

const folder = join(import.meta.dirname, 'small')

export function smallFiles(): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(yaml|csv|cedar)$/.test(name),
  )
  return new Map(names.toSorted().map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

/** The small bundle, each file passed through the changes given for it. */
export function smallBundle(changes: Readonly<Record<string, (text: string) => string>> = {}): Bundle {
  const files = smallFiles()
  for (const [file, change] of Object.entries(changes)) files.set(file, change(files.get(file) ?? ''))
  const parsed = parseBundle(files)
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(showProblem).join('\n'))
  return parsed.bundle
}
