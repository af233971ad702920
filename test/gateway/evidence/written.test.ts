// No event is only promised: each type declared in policy/events is written by some file of the gateway.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { declaredEvents } from '../../support/declared-events.ts'

const root = join(import.meta.dirname, '..', '..', '..')
/** Files that append to the ledger, or do it through a `write` they were given; those that only tell of events name them, too. */
const writers = globSync('gateway/**/*.ts', { cwd: root })
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .filter((text) => /\.append\(|\bwrite\('[a-z]+\.[a-z_]+'/.test(text))

it('has at least the events of the catalogue', () => expect(declaredEvents.length).toBeGreaterThan(90))

it.each(declaredEvents)('writes `%s`', (type) => {
  // The stages of an exception are written by the name of the stage.
  const [kind, stage] = type.split('.')
  const names = kind === 'exception' && stage !== 'granted' ? 'exception.${' : `'${type}'`
  expect(writers.some((text) => text.includes(names))).toBe(true)
})
