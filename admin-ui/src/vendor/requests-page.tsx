// A person's own requests, newest first, each with its state and the way to it.

import { Text, Title } from '@mantine/core'
import { IconKey, IconListCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RequestView } from '../../../gateway/contract/views.ts'
import { myRequestsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { ButtonLink } from '../display/button-link.tsx'
import { Empty, Loaded } from '../display/loaded.tsx'
import { Page } from '../display/page.tsx'
import { grantWords, requestWords } from '../display/words.ts'
import { When, WindowTimes } from '../time/when.tsx'

function RequestRow({ request }: { request: RequestView }) {
  return (
    <li className="sp-card sp-row">
      <div className="sp-row-main">
        <Title order={2}>
          <Link to="/requests/$id" params={{ id: request.id }} className="sp-row-link">
            {request.assetName}
          </Link>
        </Title>
        <Text size="sm" lineClamp={2}>
          {request.purpose}
        </Text>
      </div>
      <div className="sp-row-when">
        <WindowTimes window={request.grant?.window ?? request.window} zone={request.timeZone} />
        {request.schedule.kind !== 'whole' && <Text size="xs">{request.scheduleText}</Text>}
        <Text size="xs" c="dimmed">
          Asked <When at={request.submittedAt} zone={request.timeZone} />
        </Text>
      </div>
      <div className="sp-row-state">
        <Badge of={request.grant === null ? requestWords[request.state] : grantWords[request.grant.state]} />
      </div>
    </li>
  )
}

export function RequestsPage() {
  const requests = useQuery(myRequestsQuery)
  return (
    <Page
      title="My requests"
      lead="What you asked for, who decided, and how to connect."
      actions={
        <ButtonLink to="/ask" leftSection={<IconKey size={16} aria-hidden />}>
          Ask for access
        </ButtonLink>
      }
    >
      <Loaded from={requests}>
        {(list) =>
          list.items.length === 0 ? (
            <Empty icon={<IconListCheck size={32} />} title="You have not asked for anything yet">
              Choose an asset and say what you need. The approvers of the plant see it at once.
            </Empty>
          ) : (
            <ul className="sp-rows">
              {list.items.map((request) => (
                <RequestRow key={request.id} request={request} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  )
}
