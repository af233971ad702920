// What has to be looked at afterwards: emergency and break-glass access, and sessions whose rules demand it.

import { Button, Group, Radio, Table, Text } from '@mantine/core'
import { IconEyeCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ReviewView } from '../../../gateway/contract/standing-views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { reviewsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Empty, Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'
import { When } from '../time/when.tsx'

export const reviewKinds: Readonly<Record<ReviewView['kind'], Word>> = {
  emergency: { word: 'Emergency', tone: 'warn', mark: 'alert' },
  'break-glass': { word: 'Break-glass', tone: 'bad', mark: 'alert' },
  session: { word: 'Session', tone: 'plain', mark: 'dot' },
  sample: { word: 'Drawn at random', tone: 'plain', mark: 'dot' },
}

type Verdict = 'justified' | 'not-justified'

export function CloseDialog({ review, onClose }: { review: ReviewView; onClose: () => void }) {
  const [verdict, setVerdict] = useState<Verdict>('justified')
  const close = useChange({
    run: (comment: string) => client.call('closeReview', { params: { id: review.id }, body: { verdict, comment } }),
    touches: ['reviews', 'register'],
    says: 'The review is closed.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title={`Review the access of ${review.person.displayName}`}
      label="What you looked at and found"
      hint="Kept as evidence."
      confirm="Close review"
      pending={close.isPending}
      problem={close.error}
      choice={
        <Radio.Group
          label="Verdict"
          value={verdict}
          onChange={(value) => setVerdict(value === 'justified' ? 'justified' : 'not-justified')}
        >
          <Group gap="lg" mt={6}>
            <Radio value="justified" label="Justified" data-autofocus />
            <Radio value="not-justified" label="Not justified" />
          </Group>
        </Radio.Group>
      }
      onConfirm={(comment) => close.mutate(comment)}
      onClose={onClose}
    >
      To <b>{review.assetName}</b>, opened <When at={review.openedAt} />.
    </ReasonDialog>
  )
}

export function Reviews() {
  const reviews = useQuery(reviewsQuery)
  const [open, setOpen] = useState<ReviewView | null>(null)
  return (
    <Panel title="To be reviewed">
      <Loaded from={reviews} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconEyeCheck size={28} />} title="Nothing waits for a review" />
          ) : (
            <Rows columns={['What', 'Person', 'Asset', 'Due']} actions>
              {items.map((review) => (
                <Table.Tr key={review.id}>
                  <Table.Td data-name="What">
                    <Badge of={reviewKinds[review.kind]} />
                  </Table.Td>
                  <Table.Td data-name="Person">
                    <Link to="/reviews/access/$id" params={{ id: review.id }} className="sp-row-link">
                      {review.person.displayName}
                    </Link>
                  </Table.Td>
                  <Table.Td data-name="Asset">
                    {review.assetName}
                    <Text size="xs" c="dimmed">
                      {review.plantName}
                    </Text>
                  </Table.Td>
                  <Table.Td data-name="Due">
                    <When at={review.dueAt} />
                    {review.overdue && <Badge of={{ word: 'Overdue', tone: 'bad', mark: 'alert' }} />}
                  </Table.Td>
                  <Table.Td className="sp-row-action">
                    {review.mayClose ? (
                      <Button
                        size="xs"
                        aria-label={`Review the access of ${review.person.displayName} to ${review.assetName}`}
                        onClick={() => setOpen(review)}
                      >
                        Review
                      </Button>
                    ) : (
                      <span className="sp-muted sp-small sp-whole">somebody else reviews it</span>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Rows>
          )
        }
      </Loaded>
      {open !== null && <CloseDialog review={open} onClose={() => setOpen(null)} />}
    </Panel>
  )
}
