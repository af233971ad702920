// No event is only promised: each type declared in policy/events.ts is written by some file of the gateway.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..', '..')
const declared = [
  ...readFileSync(join(root, 'policy/events.ts'), 'utf8').matchAll(/^ {2}readonly '([a-z]+\.[a-z_]+)':/gm),
].map(([, name]) => name ?? '')
/** Files that append to the ledger; those that only tell of events name them as well. */
const writers = globSync('gateway/**/*.ts', { cwd: root })
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .filter((text) => text.includes('.append('))

it('has at least the events of the catalogue', () => expect(declared.length).toBeGreaterThan(90))

it.each(declared)('writes `%s`', (type) => {
  // The stages of an exception are written by the name of the stage.
  const [kind, stage] = type.split('.')
  const names = kind === 'exception' && stage !== 'granted' ? 'exception.${' : `'${type}'`
  expect(writers.some((text) => text.includes(names))).toBe(true)
})
