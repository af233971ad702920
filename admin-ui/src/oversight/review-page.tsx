// One review: the access it is about, as it was asked for and granted, the sessions on it, and the verdict.

import { Button, Stack, Table, Text } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ReviewDetailView, ReviewView } from '../../../gateway/contract/standing-views.ts'
import type { RequestView, SessionView } from '../../../gateway/contract/views.ts'
import { reviewQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { endReasonWords, sessionWords, tierWords } from '../display/words.ts'
import { usePerson } from '../session/person.ts'
import { isPageFor } from '../shell/pages.ts'
import { Elapsed, When, WindowTimes } from '../time/when.tsx'
import { Steps } from '../vendor/steps.tsx'
import { ConcernButton } from './concern-button.tsx'
import { CloseDialog, reviewKinds } from './reviews.tsx'

const route = getRouteApi('/inside/reviews/access/$id')

function Asked({ request }: { request: RequestView }) {
  return (
    <Panel title="What was asked">
      <Facts
        names="long"
        of={[
          ['Asset', `${request.assetName} (${request.asset})`],
          ['Access', `${request.operationClass}, over ${request.protocol.toUpperCase()}`],
          ['Kind of change', tierWords[request.tier].word],
          ['Window', <WindowTimes key="window" window={request.window} zone={request.timeZone} />],
          ['Purpose', request.purpose],
          ['Confirmed', request.criteria.map(({ text }) => text).join(' ')],
          ['Ticket', request.ticket],
          ['Rollback', request.rollback],
          ['Request', <code key="id">{request.id}</code>],
        ]}
      />
    </Panel>
  )
}

function Session({ session, replays }: { session: SessionView; replays: boolean }) {
  return (
    <Table.Tr>
      <Table.Td data-name="Began">
        {replays ? (
          <Link to="/recordings/$session" params={{ session: session.id }} className="sp-row-link">
            <When at={session.startedAt} />
          </Link>
        ) : (
          <When at={session.startedAt} />
        )}
      </Table.Td>
      <Table.Td data-name="From">{session.source}</Table.Td>
      <Table.Td data-name="Lasted">
        <Elapsed from={session.startedAt} until={session.endedAt} />
      </Table.Td>
      <Table.Td data-name="Ended">{session.endReason === null ? 'live' : endReasonWords(session.endReason)}</Table.Td>
      <Table.Td data-name="State">
        <Badge of={sessionWords[session.state]} />
      </Table.Td>
    </Table.Tr>
  )
}

function Standing({ review, onReview }: { review: ReviewView; onReview: () => void }) {
  const { closed } = review
  return (
    <Panel title="Review" aside={<Badge of={reviewKinds[review.kind]} />}>
      <Facts
        of={[
          ['Used by', `${review.person.displayName}, ${review.person.supplierName ?? 'of the plant'}`],
          ['Opened', <When key="opened" at={review.openedAt} />],
          ['Due', closed === null && <When key="due" at={review.dueAt} />],
          ['Verdict', closed !== null && (closed.verdict === 'justified' ? 'justified' : 'not justified')],
          ['Found', closed !== null && `${closed.by.displayName}: ${closed.comment}`],
        ]}
      />
      {review.overdue && closed === null && <Badge of={{ word: 'Overdue', tone: 'bad', mark: 'alert' }} />}
      {review.mayClose && closed === null ? (
        <Button mt="md" size="xs" onClick={onReview}>
          Review
        </Button>
      ) : (
        closed === null && (
          <Text mt="md" size="sm" c="dimmed">
            Somebody else reviews it.
          </Text>
        )
      )}
    </Panel>
  )
}

function Review({ detail }: { detail: ReviewDetailView }) {
  const { review, request, sessions } = detail
  const [open, setOpen] = useState(false)
  const replays = isPageFor('/recordings', usePerson().roles)
  return (
    <div className="sp-split" data-first="aside">
      <Stack gap="md">
        {request !== null && <Asked request={request} />}
        <Panel title="Sessions">
          {sessions.length === 0 ? (
            <Text size="sm">No session was opened on it.</Text>
          ) : (
            <Rows columns={['Began', 'From', 'Lasted', 'Ended', 'State']}>
              {sessions.map((session) => (
                <Session key={session.id} session={session} replays={replays} />
              ))}
            </Rows>
          )}
        </Panel>
      </Stack>
      <aside>
        <Stack gap="md">
          <Standing review={review} onReview={() => setOpen(true)} />
          {request !== null && (
            <Panel title="How it came">
              <Steps request={request} />
            </Panel>
          )}
        </Stack>
      </aside>
      {open && <CloseDialog review={review} onClose={() => setOpen(false)} />}
    </div>
  )
}

export function ReviewPage() {
  const { id } = route.useParams()
  const review = useQuery(reviewQuery(id))
  const read = review.data
  return (
    <Page
      title={read === undefined ? 'Review' : `Access of ${read.review.person.displayName} to ${read.review.assetName}`}
      lead={
        <Link to="/reviews" className="sp-link">
          <IconArrowLeft size={14} aria-hidden /> Reviews
        </Link>
      }
      actions={read !== undefined && <ConcernButton asset={read.review.asset} />}
    >
      <Loaded from={review}>{(found) => <Review detail={found} />}</Loaded>
    </Page>
  )
}
