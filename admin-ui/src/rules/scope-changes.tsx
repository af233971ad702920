// Assets that would move in or out of scope because one of their attributes changed. Until somebody has looked, the
// stricter outcome holds.

import { Button, Group, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ScopeChangeView } from '../../../gateway/contract/bundle-views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { scopeChangesQuery } from '../api/queries.ts'
import { Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { Rows } from '../display/rows.tsx'
import { When } from '../time/when.tsx'

type Verdict = 'accepted' | 'rejected'

function ReviewDialog({
  change,
  verdict,
  onClose,
}: {
  change: ScopeChangeView
  verdict: Verdict
  onClose: () => void
}) {
  const review = useChange({
    run: (comment: string) =>
      client.call('reviewScopeChange', { params: { id: change.id }, body: { verdict, comment } }),
    touches: ['scope-changes', 'bundle', 'assets', 'register'],
    says: 'The scope change is reviewed.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title={
        verdict === 'accepted'
          ? `Accept that ${change.assetName} is ${change.becomes}?`
          : `Keep ${change.assetName} as it is held?`
      }
      label="Impact and risk"
      hint="As you judge them; kept as evidence."
      confirm={verdict === 'accepted' ? 'Accept' : 'Reject'}
      pending={review.isPending}
      problem={review.error}
      onConfirm={(comment) => review.mutate(comment)}
      onClose={onClose}
    >
      It was {change.was} and becomes {change.becomes}, because of {change.attributes.join(', ')}.
    </ReasonDialog>
  )
}

export function ScopeChanges() {
  const changes = useQuery(scopeChangesQuery)
  const [open, setOpen] = useState<{ readonly change: ScopeChangeView; readonly verdict: Verdict } | null>(null)
  if (changes.data?.items.length === 0) return null
  return (
    <Panel title="Scope changes to review">
      <Loaded from={changes} rows={1}>
        {({ items }) => (
          <Rows columns={['Asset', 'Change', 'Held', 'Raised']} actions>
            {items.map((change) => (
              <Table.Tr key={change.id}>
                <Table.Td data-name="Asset">
                  <b>{change.assetName}</b>
                  <Text size="xs" c="dimmed">
                    by its {change.attributes.join(', ')}
                  </Text>
                </Table.Td>
                <Table.Td data-name="Change">
                  {change.was} → {change.becomes}
                </Table.Td>
                <Table.Td data-name="Held">{change.held}</Table.Td>
                <Table.Td data-name="Raised">
                  <When at={change.raisedAt} />
                </Table.Td>
                <Table.Td className="sp-row-action">
                  {!change.mayReview && (
                    <span className="sp-muted sp-small">somebody who neither proposed nor activated it reviews it</span>
                  )}
                  {change.mayReview && (
                    <Group gap="xs" justify="flex-end" wrap="nowrap">
                      {(['rejected', 'accepted'] as const).map((verdict) => (
                        <Button
                          key={verdict}
                          size="xs"
                          variant={verdict === 'accepted' ? 'filled' : 'default'}
                          aria-label={`${verdict === 'accepted' ? 'Accept' : 'Reject'} the scope change of ${change.assetName}`}
                          onClick={() => setOpen({ change, verdict })}
                        >
                          {verdict === 'accepted' ? 'Accept' : 'Reject'}
                        </Button>
                      ))}
                    </Group>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Rows>
        )}
      </Loaded>
      {open !== null && <ReviewDialog {...open} onClose={() => setOpen(null)} />}
    </Panel>
  )
}
