// The types of event that policy/events declares, read from its source: interfaces leave nothing to ask at run time.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

export const declaredEvents: readonly string[] = globSync('policy/events/*.ts', { cwd: root })
  .flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/^ {2}readonly '([a-z]+\.[a-z_]+)':/gm)])
  .map(([, name]) => name ?? '')
