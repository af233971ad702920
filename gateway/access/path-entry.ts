// The way of a session as entries of the ledger hold it: without the bundle's free text, which its digest stands for.

import type { Events, PathLeg } from '../../policy/index.ts'

type Entry = NonNullable<Events['session.started']['path']>

export function pathEntry(path: readonly PathLeg[]): Entry {
  return path.map(({ from, to, conduit, boundaries, spans }) => ({
    from: from?.zone ?? null,
    to: to.zone,
    conduit,
    boundaries,
    accepted: spans !== null,
  }))
}
