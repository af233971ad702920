// Which files a request would let across, as an approver weighs them at a glance: which way, where, and whether anything
// stands between the sender and the plant.

import type { RequestView, TransferView } from '../../../gateway/contract/views.ts'
import { Badge } from '../display/badge.tsx'
import { crossingWords, sayWays } from './transfer-words.ts'

type Crossing = TransferView['crossings'][number]

function CrossingLine({ of }: { of: Crossing }) {
  const { path, way, crossing, declaredOnly } = of
  return (
    <span className="sp-block-line">
      {way === 'bring' ? 'to ' : 'from '}
      <code>{path}</code> <Badge of={crossingWords(way, crossing)} />
      {declaredOnly && <span className="sp-muted"> only files declared with their digest</span>}
    </span>
  )
}

export function TransferFacts({ request }: { request: RequestView }) {
  const { transfer } = request
  if (transfer === null) return null
  return (
    <span>
      <b>{sayWays(transfer.ways)}</b>
      <span className="sp-muted"> · {transfer.allow.join(', ')}</span>
      {transfer.crossings.map((each) => (
        <CrossingLine key={`${each.way} ${each.path}`} of={each} />
      ))}
      {transfer.crossings.length === 0 && <span className="sp-block-line">in {transfer.paths.join(', ')}</span>}
    </span>
  )
}
