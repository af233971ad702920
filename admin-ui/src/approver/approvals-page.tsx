// The queue: what waits for a decision, and what was decided.

import { SegmentedControl, Stack } from '@mantine/core'
import { IconChecklist } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { assetsQuery, queueQuery, type RequestFilter } from '../api/queries.ts'
import { Empty, Loaded } from '../display/loaded.tsx'
import { Page } from '../display/page.tsx'
import { RequestCard } from './request-card.tsx'

const filters: readonly { readonly value: RequestFilter; readonly label: string }[] = [
  { value: 'submitted', label: 'Waiting' },
  { value: 'approved', label: 'Approved' },
  { value: 'refused', label: 'Refused' },
  { value: 'all', label: 'All' },
]
const isFilter = (value: string): value is RequestFilter => filters.some((each) => each.value === value)

export function ApprovalsPage() {
  const [filter, setFilter] = useState<RequestFilter>('submitted')
  const queue = useQuery(queueQuery(filter))
  const assets = useQuery(assetsQuery).data?.items ?? []
  return (
    <Page
      title="Approvals"
      lead="Who asks for access, and what policy says about it."
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Which requests"
          data={filters.map((each) => ({ ...each }))}
          value={filter}
          onChange={(value) => isFilter(value) && setFilter(value)}
        />
      }
    >
      <Loaded from={queue} rows={3}>
        {(list) =>
          list.items.length === 0 ? (
            <Empty
              icon={<IconChecklist size={32} />}
              title={filter === 'submitted' ? 'Nothing waits for you' : 'No such requests'}
            >
              {filter === 'submitted' ? 'New requests appear here by themselves.' : 'Choose another list above.'}
            </Empty>
          ) : (
            <Stack gap="md">
              {list.items.map((request) => (
                <RequestCard
                  key={request.id}
                  request={request}
                  asset={assets.find((asset) => asset.id === request.asset) ?? null}
                />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Page>
  )
}
