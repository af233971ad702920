// The small bundle with something spoilt, for tests of what the parser says about it.

import { expect } from 'vitest'
import { parseBundle } from '../../../policy/bundle/parse.ts'
import { showProblem, type Problem } from '../../../policy/bundle/problem.ts'
import { smallFiles } from './small-bundle.ts'

export type Change = (files: Map<string, string>) => void

export const replace =
  (file: string, from: string | RegExp, to: string): Change =>
  (files) => {
    const text = files.get(file) ?? ''
    const changed = text.replace(from, to)
    if (changed === text) throw new Error(`${file} holds no ${String(from)}`)
    files.set(file, changed)
  }

export const append =
  (file: string, text: string): Change =>
  (files) =>
    void files.set(file, `${files.get(file) ?? ''}\n${text}`)

export const policy = (text: string): Change => append('policies/extra.cedar', text)

/** What the parser finds; nothing when the bundle is good all the same. */
export function problemsOf(...changes: readonly Change[]): readonly Problem[] {
  const files = smallFiles()
  for (const change of changes) change(files)
  const parsed = parseBundle(files)
  return parsed.kind === 'invalid' ? parsed.problems : []
}

/** What the parser warns of; the bundle has to be good all the same. */
export function warningsOf(...changes: readonly Change[]): readonly Problem[] {
  const files = smallFiles()
  for (const change of changes) change(files)
  const parsed = parseBundle(files)
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(showProblem).join('\n'))
  return parsed.warnings
}

/** What is spoilt, the change, and where and how the problem is reported: file, path, a part of the reason. */
export type Spoilt = readonly [name: string, change: Change, file: string, path: string, reason: string]

/** The problem is reported at its place, and little else is blamed for it: those who refer to what is gone, at most. */
export function expectProblem(change: Change, file: string, path: string, reason: string): void {
  const problems = problemsOf(change)
  const found = problems.find((each) => each.file === file && each.path === path && each.reason.includes(reason))
  expect(found, problems.map(showProblem).join('\n')).toBeDefined()
  expect(problems.length, problems.map(showProblem).join('\n')).toBeLessThanOrEqual(5)
}

/** The bundle is good, and the warning is given at its place, and no other. */
export function expectWarning(change: Change, file: string, path: string, reason: string): void {
  const warnings = warningsOf(change)
  expect(warnings.map(showProblem)).toHaveLength(1)
  expect(warnings[0]).toMatchObject({ file, path })
  expect(warnings[0]?.reason).toContain(reason)
}
