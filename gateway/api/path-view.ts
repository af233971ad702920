// The way of a session as people read it: names beside the ids.

import type { Bundle, PathLeg } from '../../policy/index.ts'
import type { PathLegView } from '../contract/views.ts'

export function pathView(path: readonly PathLeg[], bundle: Bundle): PathLegView[] {
  return path.map(({ from, to, conduit, boundaries, spans }) => ({
    from: from?.zone ?? null,
    to: to.zone,
    toName: bundle.zones.get(to.zone)?.name ?? to.zone,
    level: to.level,
    conduit,
    boundaries: [...boundaries],
    spans,
  }))
}
