// Recordings past their day, proposals to delete them, and what became of those.

import { Button, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { DeletionView, DueView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { deletionsQuery, dueQuery } from '../api/queries.ts'
import { formatBytes } from '../display/bytes.ts'
import { Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'
import { Moment } from '../time/when.tsx'
import { DeletionItems } from './deletion-items.tsx'
import { TwoPersonAct } from './two-person-act.tsx'

const stateWords: Readonly<Record<DeletionView['state'], Word>> = {
  open: { word: 'Waits for a second person', tone: 'warn', mark: 'clock' },
  confirmed: { word: 'Being deleted', tone: 'info', mark: 'clock' },
  withdrawn: { word: 'Not deleted', tone: 'plain', mark: 'minus' },
  done: { word: 'Deleted', tone: 'plain', mark: 'check' },
}
const touches = ['deletions', 'due-recordings', 'recordings', 'recording', 'storage', 'evidence']
const countOf = (count: number): string => `${count} ${count === 1 ? 'recording' : 'recordings'}`

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

function Proposal({ deletion }: { deletion: DeletionView }) {
  const { id, state, items, bytes, by, at, reason, decided, mayConfirm } = deletion
  const problems = items.filter(({ problem }) => problem !== null)
  const all = countOf(items.length)
  const params = { id }
  return (
    <TwoPersonAct
      state={stateWords[state]}
      open={state === 'open'}
      mayConfirm={mayConfirm}
      what={`${all}, ${formatBytes(bytes)}: ${reason}`}
      by={by}
      at={at}
      decided={decided}
      touches={touches}
      keep={{
        button: 'Keep them',
        title: 'Keep the recordings',
        hint: 'Kept as evidence.',
        confirm: 'Keep them',
        says: 'The recordings stay.',
        comesTo: `Nothing of the ${all} is deleted.`,
        run: (words) => client.call('withdrawDeletion', { params, body: { reason: words } }),
      }}
      carryOut={{
        button: 'Confirm deletion',
        title: 'Confirm the deletion',
        hint: 'What you compared it with. Kept as evidence.',
        confirm: 'Delete for good',
        says: 'The deletion is confirmed; the recordings go now.',
        comesTo: `${all} (${formatBytes(bytes)}) are removed and cannot be brought back. Their seal digests, the reasons and both of you stay in the ledger.`,
        run: (words) => client.call('confirmDeletion', { params, body: { reason: words } }),
      }}
    >
      <DeletionItems of={deletion} />
      {problems.slice(0, 3).map(({ session, problem }) => (
        <Text key={session} size="xs" role="status">
          <code>{session}</code> is still there and tried again: {problem}
        </Text>
      ))}
    </TwoPersonAct>
  )
}

export function Deletions() {
  const due = useQuery(dueQuery)
  const deletions = useQuery(deletionsQuery)
  const [proposing, setProposing] = useState<readonly DueView[] | null>(null)
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
                  <Proposal key={deletion.id} deletion={deletion} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Panel>
      {proposing !== null && <Propose due={proposing} onClose={() => setProposing(null)} />}
    </>
  )
}
