// Erasing personal data behind the commitments of the ledger: proposing it, confirming it, and what was erased.

import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ErasureView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { erasuresQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import type { Word } from '../display/words.ts'
import { When } from '../time/when.tsx'
import { isCommitment } from '../auditor/entry.ts'

const stateWords: Readonly<Record<ErasureView['state'], Word>> = {
  open: { word: 'Waits for a second person', tone: 'warn', mark: 'clock' },
  withdrawn: { word: 'Not erased', tone: 'plain', mark: 'minus' },
  done: { word: 'Erased', tone: 'plain', mark: 'check' },
}
const touches = ['erasures', 'evidence', 'recordings', 'recording']
const valuesOf = (count: number): string => `${count} ${count === 1 ? 'value' : 'values'}`

function Propose({ onClose }: { onClose: () => void }) {
  const [subject, setSubject] = useState('')
  const named = subject.trim()
  const propose = useChange({
    run: (reason: string) =>
      client.call('proposeErasure', {
        body: { subject: { kind: isCommitment(named) ? 'commitment' : 'person', id: named }, reason },
      }),
    touches,
    says: (erasure) => `Proposed: ${valuesOf(erasure.values)}. Another person has to confirm it.`,
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title="Propose to erase personal data"
      label="Reason"
      hint="Without the data itself. Kept as evidence."
      confirm="Propose"
      pending={propose.isPending}
      problem={propose.error}
      disabled={named === ''}
      choice={
        <TextInput
          label="Whose, or which"
          description="A login, or one commitment as the evidence shows it (sha256:…)"
          required
          data-autofocus
          value={subject}
          onChange={(event) => setSubject(event.currentTarget.value)}
        />
      }
      onConfirm={(reason) => propose.mutate(reason)}
      onClose={onClose}
    >
      Addresses, names and words that commitments of the ledger stand for are erased; the ledger proves as before. What
      is on legal hold, or younger than its retention class keeps, stays.
    </ReasonDialog>
  )
}

const steps = {
  confirmErasure: { title: 'Confirm the erasure', confirm: 'Erase for good', says: 'The values are erased.' },
  withdrawErasure: { title: 'Keep the data', confirm: 'Keep it', says: 'Nothing is erased.' },
} as const
type Step = keyof typeof steps

function Decide({ erasure, step, onClose }: { erasure: ErasureView; step: Step; onClose: () => void }) {
  const { title, confirm, says } = steps[step]
  const decide = useChange({
    run: (reason: string) => client.call(step, { params: { id: erasure.id }, body: { reason } }),
    touches,
    says,
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title={title}
      label="Reason"
      hint="Without the data itself. Kept as evidence."
      confirm={confirm}
      danger={step === 'confirmErasure'}
      pending={decide.isPending}
      problem={decide.error}
      onConfirm={(reason) => decide.mutate(reason)}
      onClose={onClose}
    >
      {step === 'confirmErasure'
        ? `${valuesOf(erasure.values)} of ${erasure.subject.name} cannot be brought back.`
        : `What is kept of ${erasure.subject.name} stays.`}
    </ReasonDialog>
  )
}

function Erasure({ erasure, onStep }: { erasure: ErasureView; onStep: (step: Step) => void }) {
  const { state, subject, values, by, at, reason, decided, mayConfirm } = erasure
  return (
    <li>
      <Group justify="space-between" align="flex-start" gap="xs">
        <Stack gap={4} align="flex-start">
          <Badge of={stateWords[state]} />
          <Text size="sm">
            {valuesOf(values)} of {subject.kind === 'person' ? subject.name : <code>{subject.name}</code>}: {reason}
          </Text>
          <Text size="xs" c="dimmed" component="div">
            proposed by {by.displayName} <When at={at} />
            {decided !== null && `, decided by ${decided.by.displayName}: ${decided.words}`}
          </Text>
        </Stack>
        {state === 'open' && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => onStep('withdrawErasure')}>
              Keep it
            </Button>
            {mayConfirm && (
              <Button size="xs" color="danger" onClick={() => onStep('confirmErasure')}>
                Confirm erasure
              </Button>
            )}
          </Group>
        )}
      </Group>
    </li>
  )
}

export function Erasures() {
  const erasures = useQuery(erasuresQuery)
  const [proposing, setProposing] = useState(false)
  const [deciding, setDeciding] = useState<{ readonly erasure: ErasureView; readonly step: Step } | null>(null)
  return (
    <Panel
      title="Erasure of personal data"
      aside={
        <Button size="xs" variant="default" onClick={() => setProposing(true)}>
          Propose an erasure
        </Button>
      }
    >
      <Loaded from={erasures} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing was ever proposed to be erased.
            </Text>
          ) : (
            <ul className="sp-rows">
              {items.map((erasure) => (
                <Erasure key={erasure.id} erasure={erasure} onStep={(step) => setDeciding({ erasure, step })} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {proposing && <Propose onClose={() => setProposing(false)} />}
      {deciding !== null && <Decide {...deciding} onClose={() => setDeciding(null)} />}
    </Panel>
  )
}
