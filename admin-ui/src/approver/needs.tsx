// The yeses a request needs: which are given and by whom, and who could give the others now.

import type { RequestView } from '../../../gateway/contract/views.ts'
import { toSentence } from '../api/problem.ts'
import { Sign } from '../display/badge.tsx'
import { needsTitle } from '../display/words.ts'

type Need = RequestView['needs'][number]

function stateOf({ kind, metBy, isOnDuty, onDuty }: Need): string {
  if (metBy !== null) return `given by ${metBy.displayName}`
  if (kind === 'role') return 'not given yet'
  if (isOnDuty !== true) return 'nobody is on duty now: others have been told'
  // Who it is, a supplier's people are not told.
  if (onDuty.length === 0) return 'somebody is on duty now'
  return `on duty now: ${onDuty.map(({ displayName }) => displayName).join(', ')}`
}

export function Needs({ request }: { request: RequestView }) {
  if (request.needs.length === 0) return null
  const lapsed = request.approvals.filter((approval) => approval.lapsed !== null)
  return (
    <div>
      <strong className="sp-small">{needsTitle(request.needs.length)}</strong>
      <ul className="sp-needs">
        {request.needs.map((need, at) => (
          // Two needs may read the same; their order is fixed.
          <li key={`${at} ${need.text}`} data-tone={need.metBy === null ? 'info' : 'good'}>
            <Sign mark={need.metBy === null ? 'clock' : 'check'} size={16} />
            <span>
              {toSentence(need.text).replace(/\.$/, '')} <span className="sp-muted">{stateOf(need)}</span>
            </span>
          </li>
        ))}
        {lapsed.map(({ by, at, lapsed: why }) => (
          <li key={`${by.id} ${at}`} data-tone="warn">
            <Sign mark="alert" size={16} />
            <span>
              {by.displayName} said yes <span className="sp-muted">and it no longer counts: {why}</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
