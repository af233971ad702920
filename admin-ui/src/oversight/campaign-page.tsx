// One access review: each person, what they may do, and the decision about it by somebody else.

import { Button, Group, Stack, Table, Text } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { CampaignItemView, CampaignView } from '../../../gateway/contract/standing-views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { campaignQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { Failure, Loaded } from '../display/loaded.tsx'
import { MachineMark } from '../display/machine-mark.tsx'
import { Page, Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'
import { ChangeDialog } from './change-dialog.tsx'
import { When } from '../time/when.tsx'

const route = getRouteApi('/inside/reviews/$id')

type Verdict = 'keep' | 'remove'
const verdicts: Readonly<Record<'keep' | 'change' | 'remove', Word>> = {
  keep: { word: 'Kept', tone: 'good', mark: 'check' },
  change: { word: 'Changed', tone: 'warn', mark: 'minus' },
  remove: { word: 'Removed', tone: 'bad', mark: 'cross' },
}

interface Deciding {
  readonly item: CampaignItemView
  readonly verdict: Verdict | 'change'
}
interface DecideProps {
  readonly id: string
  readonly item: CampaignItemView
  readonly verdict: Verdict
  readonly onClose: () => void
}

function DecideDialog({ id, item, verdict, onClose }: DecideProps) {
  const decide = useChange({
    run: (reason: string) =>
      client.call('decideItem', { params: { id }, body: { person: item.person.id, verdict, reason } }),
    touches: ['campaigns'],
    says: verdict === 'keep' ? 'The access is kept.' : 'The access is taken away.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title={
        verdict === 'keep'
          ? `Keep the access of ${item.person.displayName}?`
          : `Take away the access of ${item.person.displayName}?`
      }
      label="Reason"
      hint="Kept as evidence."
      confirm={verdict === 'keep' ? 'Keep' : 'Take away'}
      danger={verdict === 'remove'}
      pending={decide.isPending}
      problem={decide.error}
      onConfirm={(reason) => decide.mutate(reason)}
      onClose={onClose}
    >
      {verdict === 'remove' && 'The account is disabled at once, and what rests on it ends.'}
    </ReasonDialog>
  )
}

const choices = { keep: 'Keep', change: 'Change', remove: 'Take away' } as const

function Item({ item, onDecide }: { item: CampaignItemView; onDecide: (verdict: Deciding['verdict']) => void }) {
  const { person, before, breaches, decision, mayDecide, lastUse } = item
  return (
    <Table.Tr>
      <Table.Td data-name="Person">
        <b>{person.displayName}</b>
        <Text size="xs" c="dimmed">
          {before.supplierName ?? 'plant'}
        </Text>
        <MachineMark of={person} />
      </Table.Td>
      <Table.Td data-name="May">
        {before.roles.join(', ')}
        <Text size="xs" c="dimmed">
          {before.plantNames.join(', ')}
        </Text>
        {breaches.map(({ rule, roles, duties }) => (
          <Text key={rule} size="xs" fw={600}>
            {[...roles, ...duties.map((duty) => `duty ${duty}`)].join(' and ')}: kept apart by {rule}
          </Text>
        ))}
      </Table.Td>
      <Table.Td data-name="Last session">
        {lastUse === null || lastUse === undefined ? (
          <span className="sp-muted sp-small">none</span>
        ) : (
          <When at={lastUse} />
        )}
      </Table.Td>
      <Table.Td data-name="Decision">
        {decision === null && !mayDecide ? (
          <span className="sp-muted sp-small">somebody else decides</span>
        ) : decision === null ? (
          <Group gap="xs" wrap="wrap">
            {(['keep', 'change', 'remove'] as const).map((verdict) => (
              <Button
                key={verdict}
                size="xs"
                variant="default"
                aria-label={`${choices[verdict]} the access of ${person.displayName}`}
                onClick={() => onDecide(verdict)}
              >
                {choices[verdict]}
              </Button>
            ))}
          </Group>
        ) : (
          <>
            <Badge of={verdicts[decision.verdict]} />
            <Text size="xs" c="dimmed" mt={4}>
              {decision.by.displayName}: {decision.reason}
            </Text>
            {decision.verdict === 'change' && decision.after !== null && (
              <Text size="xs" c="dimmed">
                Left: {[...decision.after.roles, ...decision.after.plantNames].join(', ') || 'nothing'}
              </Text>
            )}
          </>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function Campaign({ campaign }: { campaign: CampaignView }) {
  const [deciding, setDeciding] = useState<Deciding | null>(null)
  const close = useChange({
    run: () => client.call('closeCampaign', { params: { id: campaign.id } }),
    touches: ['campaigns'],
    says: 'The access review is closed.',
  })
  const { counts } = campaign
  return (
    <Stack gap="md">
      <Panel
        title="Where it stands"
        aside={
          campaign.closed === null && (
            <Button size="xs" variant="default" loading={close.isPending} onClick={() => close.mutate()}>
              Close the review
            </Button>
          )
        }
      >
        <Facts
          of={[
            ['Begun', <When key="begun" at={campaign.startedAt} />],
            ['Due', <When key="due" at={campaign.dueAt} />],
            ['By', campaign.startedBy.displayName],
            ['Decided', `${counts.kept} kept, ${counts.changed} changed, ${counts.removed} removed`],
            ['Open', counts.undecided > 0 && `${counts.undecided} of ${counts.people}`],
            ['Closed', campaign.closed !== null && <When key="closed" at={campaign.closed.at} />],
          ]}
        />
        {close.isError && <Failure problem={close.error} />}
      </Panel>
      <Panel title="People">
        <Rows columns={['Person', 'May', 'Last session', 'Decision']}>
          {campaign.items.map((item) => (
            <Item key={item.person.id} item={item} onDecide={(verdict) => setDeciding({ item, verdict })} />
          ))}
        </Rows>
      </Panel>
      {deciding?.verdict === 'change' && (
        <ChangeDialog id={campaign.id} item={deciding.item} onClose={() => setDeciding(null)} />
      )}
      {deciding !== null && deciding.verdict !== 'change' && (
        <DecideDialog
          id={campaign.id}
          item={deciding.item}
          verdict={deciding.verdict}
          onClose={() => setDeciding(null)}
        />
      )}
    </Stack>
  )
}

export function CampaignPage() {
  const { id } = route.useParams()
  const campaign = useQuery(campaignQuery(id))
  return (
    <Page
      title={campaign.data?.title ?? 'Access review'}
      lead={
        <Link to="/reviews" className="sp-link">
          <IconArrowLeft size={14} aria-hidden /> Reviews
        </Link>
      }
    >
      <Loaded from={campaign}>{(read) => <Campaign campaign={read} />}</Loaded>
    </Page>
  )
}
