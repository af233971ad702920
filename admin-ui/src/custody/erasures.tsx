// Erasing personal data behind the commitments of the ledger: proposing it, confirming it, and what was erased.

import { Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ErasureView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { erasuresQuery } from '../api/queries.ts'
import { Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { TextLine } from '../display/text-fields.tsx'
import type { Word } from '../display/words.ts'
import { isCommitment } from '../auditor/entry.ts'
import { TwoPersonAct } from './two-person-act.tsx'

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
        <TextLine
          label="Whose, or which"
          description="A login, or one commitment as the evidence shows it (sha256:…)"
          required
          data-autofocus
          value={subject}
          onChange={setSubject}
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

function Erasure({ erasure }: { erasure: ErasureView }) {
  const { id, state, subject, values, by, at, reason, decided, mayConfirm } = erasure
  const params = { id }
  const hint = 'Without the data itself. Kept as evidence.'
  return (
    <TwoPersonAct
      state={stateWords[state]}
      open={state === 'open'}
      mayConfirm={mayConfirm}
      what={
        <>
          {valuesOf(values)} of {subject.kind === 'person' ? subject.name : <code>{subject.name}</code>}: {reason}
        </>
      }
      by={by}
      at={at}
      decided={decided}
      touches={touches}
      keep={{
        button: 'Keep it',
        title: 'Keep the data',
        hint,
        confirm: 'Keep it',
        says: 'Nothing is erased.',
        comesTo: `What is kept of ${subject.name} stays.`,
        run: (words) => client.call('withdrawErasure', { params, body: { reason: words } }),
      }}
      carryOut={{
        button: 'Confirm erasure',
        title: 'Confirm the erasure',
        hint,
        confirm: 'Erase for good',
        says: 'The values are erased.',
        comesTo: `${valuesOf(values)} of ${subject.name} cannot be brought back.`,
        run: (words) => client.call('confirmErasure', { params, body: { reason: words } }),
      }}
    />
  )
}

export function Erasures() {
  const erasures = useQuery(erasuresQuery)
  const [proposing, setProposing] = useState(false)
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
                <Erasure key={erasure.id} erasure={erasure} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {proposing && <Propose onClose={() => setProposing(false)} />}
    </Panel>
  )
}
