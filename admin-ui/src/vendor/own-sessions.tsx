// What became of the sessions under one grant, for who worked in them: an end that nobody announced has a reason here.

import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { GrantView } from '../../../gateway/contract/views.ts'
import { ownSessionsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Panel } from '../display/page.tsx'
import { endReasonWords, sessionWords } from '../display/words.ts'
import { When } from '../time/when.tsx'

const mostShown = 5

export function OwnSessions({ grant, zone }: { grant: GrantView; zone: string }) {
  const all = useQuery(ownSessionsQuery).data?.items ?? []
  const sessions = all.filter((session) => session.grant === grant.id).slice(0, mostShown)
  if (sessions.length === 0) return null
  return (
    <Panel title="Your sessions">
      <ul className="sp-list">
        {sessions.map(({ id, state, startedAt, endedAt, endReason }) => (
          <li key={id}>
            {endReason === null || endedAt === null ? (
              <>
                <Badge of={sessionWords[state]} /> since <When at={startedAt} zone={zone} />
              </>
            ) : (
              <>
                <When at={endedAt} zone={zone} />
                <Text size="sm">Ended: {endReasonWords(endReason)}.</Text>
              </>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
