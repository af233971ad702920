// `describe` for tests that need real programs: skipped where one is missing, except in CI.

import { describe } from 'vitest'

import { hasPart } from './parts.ts'
import type { PartName } from './parts.ts'

/** `describeWith('sshd', 'tunnels', () => { ... })`: groups tests that need a part, or several. */
export function describeWith(names: PartName | readonly PartName[], title: string, tests: () => void): void {
  const needed = typeof names === 'string' ? [names] : names
  describe.skipIf(!hasPart(...needed))(title, tests)
}
