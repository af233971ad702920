// Recordings past their day, proposals to delete them, and what became of those.

import { Button, Group, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { DeletionView, DueView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { deletionsQuery, dueQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { formatBytes } from '../display/bytes.ts'
import { Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'
import { Moment, When } from '../time/when.tsx'
import { DeletionItems } from './deletion-items.tsx'

const stateWords: Readonly<Record<DeletionView['state'], Word>> = {
  open: { word: 'Waits for a second person', tone: 'warn', mark: 'clock' },
  confirmed: { word: 'Being deleted', tone: 'info', mark: 'clock' },
  withdrawn: { word: 'Not deleted', tone: 'plain', mark: 'minus' },
  done: { word: 'Deleted', tone: 'plain', mark: 'check' },
}
const touches = ['deletions', 'due-recordings', 'recordings', 'recording', 'storage', 'evidence']
const countOf = (count: number): string => `${count} ${count === 1 ? 'recording' : 'recordings'}`

/** What a step is called, and what its dialog says. */
const steps = {
  confirmDeletion: {
    title: 'Confirm the deletion',
    confirm: 'Delete for good',
    says: 'The deletion is confirmed; the recordings go now.',
    hint: 'What you compared it with. Kept as evidence.',
  },
  withdrawDeletion: {
    title: 'Keep the recordings',
    confirm: 'Keep them',
    says: 'The recordings stay.',
    hint: 'Kept as evidence.',
  },
} as const
type Step = keyof typeof steps

function Decide({ deletion, step, onClose }: { deletion: DeletionView; step: Step; onClose: () => void }) {
  const { title, confirm, says, hint } = steps[step]
  const decide = useChange({
    run: (reason: string) => client.call(step, { params: { id: deletion.id }, body: { reason } }),
    touches,
    says,
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title={title}
      label="Reason"
      hint={hint}
      confirm={confirm}
      danger={step === 'confirmDeletion'}
      pending={decide.isPending}
      problem={decide.error}
      onConfirm={(reason) => decide.mutate(reason)}
      onClose={onClose}
    >
      {step === 'confirmDeletion'
        ? `${countOf(deletion.items.length)} (${formatBytes(deletion.bytes)}) are removed and cannot be brought back. Their seal digests, the reasons and both of you stay in the ledger.`
        : `Nothing of the ${countOf(deletion.items.length)} is deleted.`}
    </ReasonDialog>
  )
}

function Propose({ due, onClose }: { due: readonly DueView[]; onClose: () => void }) {
  const propose = useChange({
    run: (reason: string) => client.call('proposeDeletion', { body: { sessions: [], reason } }),
    touches,
    says: 'Proposed. Another person has to confirm it.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title="Propose to delete what is due"
      label="Reason"
      hint="The plan it follows. Kept as evidence."
      confirm="Propose"
      pending={propose.isPending}
      problem={propose.error}
      onConfirm={(reason) => propose.mutate(reason)}
      onClose={onClose}
    >
      Everything that is due goes into the proposal, up to 500 recordings and without sessions of your own; the list
      shows the first {due.length}. Nothing goes before another person confirms it.
    </ReasonDialog>
  )
}

function DueRow({ due }: { due: DueView }) {
  return (
    <Table.Tr>
      <Table.Td data-name="Session">
        <Link to="/recordings/$session" params={{ session: due.session }} className="sp-row-link">
          {due.person.displayName} on {due.assetName}
        </Link>
        <Text size="xs" c="dimmed">
          {due.labels.length === 0 ? 'no label' : due.labels.join(', ')}
        </Text>
      </Table.Td>
      <Table.Td data-name="Started">
        <Moment at={due.startedAt} />
      </Table.Td>
      <Table.Td data-name="Kept until">
        <Moment at={due.keptUntil} />
        <Text size="xs" c="dimmed">
          class {due.retention}
        </Text>
      </Table.Td>
      <Table.Td data-name="Size" className="sp-number">
        {formatBytes(due.bytes)}
      </Table.Td>
    </Table.Tr>
  )
}

function Proposal({ deletion, onStep }: { deletion: DeletionView; onStep: (step: Step) => void }) {
  const { state, items, bytes, by, at, reason, decided, mayConfirm } = deletion
  const problems = items.filter(({ problem }) => problem !== null)
  return (
    <li>
      <Group justify="space-between" align="flex-start" gap="xs">
        <Stack gap={4} align="flex-start">
          <Badge of={stateWords[state]} />
          <Text size="sm">
            {countOf(items.length)}, {formatBytes(bytes)}: {reason}
          </Text>
          <Text size="xs" c="dimmed" component="div">
            proposed by {by.displayName} <When at={at} />
            {decided !== null && `, decided by ${decided.by.displayName}: ${decided.words}`}
          </Text>
          <DeletionItems of={deletion} />
          {problems.slice(0, 3).map(({ session, problem }) => (
            <Text key={session} size="xs" role="status">
              <code>{session}</code> is still there and tried again: {problem}
            </Text>
          ))}
        </Stack>
        {state === 'open' && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => onStep('withdrawDeletion')}>
              Keep them
            </Button>
            {mayConfirm && (
              <Button size="xs" color="danger" onClick={() => onStep('confirmDeletion')}>
                Confirm deletion
              </Button>
            )}
          </Group>
        )}
      </Group>
    </li>
  )
}

export function Deletions() {
  const due = useQuery(dueQuery)
  const deletions = useQuery(deletionsQuery)
  const [proposing, setProposing] = useState<readonly DueView[] | null>(null)
  const [deciding, setDeciding] = useState<{ readonly deletion: DeletionView; readonly step: Step } | null>(null)
  return (
    <>
      <Panel
        title="Past their day"
        aside={
          due.data !== undefined &&
          due.data.items.length > 0 && (
            <Button size="xs" onClick={() => setProposing(due.data.items)}>
              Propose to delete
            </Button>
          )
        }
      >
        <Loaded from={due} rows={2}>
          {({ items }) =>
            items.length === 0 ? (
              <Text size="sm" c="dimmed">
                No recording is past its day and free to go.
              </Text>
            ) : (
              <Rows columns={['Session', 'Started', 'Kept until', { figures: 'Size' }]}>
                {items.map((one) => (
                  <DueRow key={one.session} due={one} />
                ))}
              </Rows>
            )
          }
        </Loaded>
      </Panel>
      <Panel title="Deletions">
        <Loaded from={deletions} rows={2}>
          {({ items }) =>
            items.length === 0 ? (
              <Text size="sm" c="dimmed">
                Nothing was ever proposed to be deleted.
              </Text>
            ) : (
              <ul className="sp-rows">
                {items.map((deletion) => (
                  <Proposal key={deletion.id} deletion={deletion} onStep={(step) => setDeciding({ deletion, step })} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Panel>
      {proposing !== null && <Propose due={proposing} onClose={() => setProposing(null)} />}
      {deciding !== null && <Decide {...deciding} onClose={() => setDeciding(null)} />}
    </>
  )
}
