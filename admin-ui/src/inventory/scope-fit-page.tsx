// Does the scope still fit the plant? What came and went since somebody last looked, what nobody has decided on, and
// what is overdue; and keeping that one has looked.

import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ScopeFitView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { toSentence } from '../api/problem.ts'
import { scopeFitQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { When } from '../time/when.tsx'

type Finding = ScopeFitView['findings'][number]

function FindingPart({ finding: { title, count, items } }: { finding: Finding }) {
  return (
    <details className="sp-legend" open={count <= 8}>
      <summary>
        {title} <span className="sp-muted">{count}</span>
      </summary>
      <ul className="sp-list">
        {items.map(({ id, text }) => (
          <li key={id}>
            <code>{id}</code>: {text}
          </li>
        ))}
        {items.length < count && <li>and {count - items.length} more</li>}
      </ul>
    </details>
  )
}

function ReviewDialog({ bundle, onClose }: { bundle: string; onClose: () => void }) {
  const review = useChange({
    run: (decisions: string) => client.call('reviewScopeFit', { body: { bundle, decisions } }),
    touches: ['scope-fit', 'evidence'],
    says: 'The review is kept; the next one is due in a quarter.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title="Keep that the report was gone through"
      label="What follows"
      hint="What is put in scope or left out, who walks down what by when; kept as evidence."
      confirm="Keep the review"
      pending={review.isPending}
      problem={review.error}
      onConfirm={(decisions) => review.mutate(decisions)}
      onClose={onClose}
    />
  )
}

function Fit({ fit }: { fit: ScopeFitView }) {
  const found = fit.findings.filter(({ count }) => count > 0)
  const nothing = fit.findings.filter(({ count }) => count === 0)
  return (
    <>
      <Panel
        title={`Scope ${fit.scopeVersion}`}
        aside={
          <Badge
            of={
              fit.isDue
                ? { word: 'Review due', tone: 'warn', mark: 'clock' }
                : { word: 'Reviewed', tone: 'good', mark: 'check' }
            }
          />
        }
      >
        <Facts
          names="long"
          of={[
            [
              'Last review',
              fit.last === null ? (
                'nobody has looked yet: everything declared is new'
              ) : (
                <span key="last">
                  <When at={fit.last.at} /> by {fit.last.by.displayName}
                </span>
              ),
            ],
            ['Then decided', fit.last === null ? null : toSentence(fit.last.decisions)],
            ['Next due', fit.dueAt === null ? 'now' : <When key="due" at={fit.dueAt} />],
          ]}
        />
      </Panel>
      <Panel title="What to look at">
        {found.length === 0 ? (
          <Text size="sm" c="dimmed">
            Nothing: the scope fits what is declared, confirmed and asked for.
          </Text>
        ) : (
          <Stack gap="sm">
            {found.map((finding) => (
              <FindingPart key={finding.topic} finding={finding} />
            ))}
          </Stack>
        )}
        {nothing.length > 0 && (
          <Text size="sm" c="dimmed" mt="md">
            None of these:{' '}
            {nothing.map(({ title }) => `${title.slice(0, 1).toLowerCase()}${title.slice(1)}`).join('; ')}.
          </Text>
        )}
      </Panel>
    </>
  )
}

export function ScopeFitPage() {
  const fit = useQuery(scopeFitQuery)
  const [reviewing, setReviewing] = useState(false)
  return (
    <Page
      title="Scope fit"
      lead="Whether the scope still fits the plant. Somebody goes through it each quarter, and says what follows."
      actions={
        <Group gap="sm">
          {fit.data?.mayReview === true && <Button onClick={() => setReviewing(true)}>Keep a review</Button>}
        </Group>
      }
    >
      <Loaded from={fit} rows={6}>
        {(read) => <Fit fit={read} />}
      </Loaded>
      {reviewing && fit.data !== undefined && (
        <ReviewDialog bundle={fit.data.bundle} onClose={() => setReviewing(false)} />
      )}
    </Page>
  )
}
