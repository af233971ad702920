// Who has done which training, until when and on whose word; and for who answers for the whole, who lacks one.

import { Group, SegmentedControl, Table, Text } from '@mantine/core'
import { IconSchool } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type {
  HeldTrainingView,
  PersonTrainingsView,
  TrainingsView,
  TrainingView,
} from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { trainingsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Empty, Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { usePerson } from '../session/person.ts'
import { AttestButtons, attestedWords, ProofCell, Until } from './attested.tsx'
import { ProofDialog, type Proof } from './proof-dialog.tsx'
import { WithdrawDialog } from './withdraw-dialog.tsx'

const touches = ['trainings', 'requests', 'assets', 'sessions', 'grants'] as const

/** One training of one person. */
interface Held extends HeldTrainingView {
  readonly person: PersonTrainingsView['person']
}

function AttestTraining({ held, days, onClose }: { held: Held; days: number; onClose: () => void }) {
  const attest = useChange({
    run: (proof: Proof) =>
      client.call('attestTraining', { body: { person: held.person.id, training: held.training, ...proof } }),
    touches: [...touches],
    says: () => `${held.title}: ${held.person.displayName} is attested.`,
    onDone: onClose,
  })
  return (
    <ProofDialog
      title="Attest a training"
      days={days}
      pending={attest.isPending}
      problem={attest.error}
      onAttest={(proof) => attest.mutate(proof)}
      onClose={onClose}
    >
      <b>{held.person.displayName}</b> has done <b>{held.title}</b>. Nobody attests their own training.
    </ProofDialog>
  )
}

function WithdrawTraining({ held, onClose }: { held: Held; onClose: () => void }) {
  return (
    <WithdrawDialog
      what="training"
      run={(reason) =>
        client.call('withdrawTraining', { params: { id: held.proof?.attestation ?? '' }, body: { reason } })
      }
      touches={touches}
      onClose={onClose}
    >
      <b>{held.title}</b> of <b>{held.person.displayName}</b> counts for nothing from then on, and sessions that need it
      end.
    </WithdrawDialog>
  )
}

function Declared({ declared }: { declared: readonly TrainingView[] }) {
  return (
    <Panel title="What has to be learnt">
      <ul className="sp-list">
        {declared.map((training) => (
          <li key={training.id}>
            <b>{training.title}</b>{' '}
            <span className="sp-muted">
              for {training.for}, attested for at most {training.validDays} days
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

const isLacking = ({ state }: HeldTrainingView): boolean => state === 'over' || state === 'missing'
const isToDo = (held: HeldTrainingView): boolean => held.state === 'ending' || isLacking(held)

function People({ view }: { view: TrainingsView }) {
  const reader = usePerson()
  const [shown, setShown] = useState<'all' | 'open'>('all')
  const [open, setOpen] = useState<{ readonly kind: 'attest' | 'withdraw'; readonly held: Held } | null>(null)
  const close = () => setOpen(null)
  const all: readonly Held[] = view.people.flatMap(({ person, trainings }) =>
    trainings.map((training) => ({ ...training, person })),
  )
  const rows = shown === 'all' ? all : all.filter(isToDo)
  return (
    <Panel
      title={view.people.length === 1 ? 'Your trainings' : 'People'}
      aside={
        <Group gap="sm">
          <Text size="sm" c="dimmed">
            {all.filter(isLacking).length} missing or over
          </Text>
          {view.people.length > 1 && (
            <SegmentedControl
              size="xs"
              aria-label="Which trainings are shown"
              value={shown}
              onChange={setShown}
              data={[
                { value: 'all', label: 'All' },
                { value: 'open', label: 'To be done' },
              ]}
            />
          )}
        </Group>
      }
    >
      {rows.length === 0 ? (
        <Empty
          icon={<IconSchool size={28} />}
          title={shown === 'all' ? 'Nobody needs a training' : 'Nothing to be done'}
        >
          {shown === 'all' ? 'The rules ask for none.' : 'Every training is attested, and none ends within 30 days.'}
        </Empty>
      ) : (
        <Rows columns={['Person', 'Training', 'State', 'Until', 'Proof']} actions>
          {rows.map((held) => (
            <Table.Tr key={`${held.person.id} ${held.training}`}>
              <Table.Td data-name="Person">
                <b>{held.person.displayName}</b>
                <Text size="xs" c="dimmed">
                  {held.person.supplierName ?? 'plant'}
                </Text>
              </Table.Td>
              <Table.Td data-name="Training">{held.title}</Table.Td>
              <Table.Td data-name="State">
                <Badge of={attestedWords[held.state]} />
              </Table.Td>
              <Table.Td data-name="Until">
                <Until proof={held.proof} />
              </Table.Td>
              <Table.Td data-name="Proof">
                <ProofCell proof={held.proof} />
              </Table.Td>
              <Table.Td className="sp-row-action">
                {view.mayAttest && held.person.id !== reader.id && (
                  <AttestButtons
                    state={held.state}
                    what={`${held.title} of ${held.person.displayName}`}
                    onAttest={() => setOpen({ kind: 'attest', held })}
                    onWithdraw={() => setOpen({ kind: 'withdraw', held })}
                  />
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Rows>
      )}
      {open?.kind === 'attest' && (
        <AttestTraining
          held={open.held}
          days={view.declared.find(({ id }) => id === open.held.training)?.validDays ?? 1}
          onClose={close}
        />
      )}
      {open?.kind === 'withdraw' && <WithdrawTraining held={open.held} onClose={close} />}
    </Panel>
  )
}

export function TrainingsPage() {
  const trainings = useQuery(trainingsQuery)
  return (
    <Page
      title="Trainings"
      lead="What has to be learnt before access is used, and who has. Without it access is denied."
    >
      <Loaded from={trainings} rows={3}>
        {(view) => (
          <>
            {view.declared.length > 0 && <Declared declared={view.declared} />}
            <People view={view} />
          </>
        )}
      </Loaded>
    </Page>
  )
}
