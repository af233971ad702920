// An act on evidence that two people decide: what was proposed, by whom, what became of it, and the buttons of the second
// person. Deletions and erasures are such acts.

import { Button, Group, Stack, Text } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { useChange } from '../api/changes.ts'
import { Badge } from '../display/badge.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import type { Word } from '../display/words.ts'
import { When } from '../time/when.tsx'

/** One of the two answers to a proposal: what its button and its dialog say, and what it does. */
export interface Answer {
  readonly button: string
  readonly title: string
  readonly hint: string
  readonly confirm: string
  readonly says: string
  /** What it comes to, before it is done. */
  readonly comesTo: string
  readonly run: (reason: string) => Promise<unknown>
}

interface ActProps {
  readonly state: Word
  readonly open: boolean
  readonly mayConfirm: boolean
  readonly what: ReactNode
  readonly by: { readonly displayName: string }
  readonly at: number
  readonly decided: { readonly by: { readonly displayName: string }; readonly words: string } | null
  readonly children?: ReactNode
  readonly keep: Answer
  readonly carryOut: Answer
  /** What is read anew after an answer. */
  readonly touches: readonly string[]
}

function Answering({
  answer,
  danger,
  touches,
  onClose,
}: {
  answer: Answer
  danger: boolean
  touches: readonly string[]
  onClose: () => void
}) {
  const { title, hint, confirm, says, comesTo, run } = answer
  const give = useChange({ run, touches, says, onDone: onClose })
  return (
    <ReasonDialog
      title={title}
      label="Reason"
      hint={hint}
      confirm={confirm}
      danger={danger}
      pending={give.isPending}
      problem={give.error}
      onConfirm={(reason) => give.mutate(reason)}
      onClose={onClose}
    >
      {comesTo}
    </ReasonDialog>
  )
}

export function TwoPersonAct(props: ActProps) {
  const { state, open, mayConfirm, what, by, at, decided, children, keep, carryOut, touches } = props
  const [answering, setAnswering] = useState<'keep' | 'carry-out' | null>(null)
  return (
    <li>
      <Group justify="space-between" align="flex-start" gap="xs">
        <Stack gap={4} align="flex-start">
          <Badge of={state} />
          <Text size="sm">{what}</Text>
          <Text size="xs" c="dimmed" component="div">
            proposed by {by.displayName} <When at={at} />
            {decided !== null && `, decided by ${decided.by.displayName}: ${decided.words}`}
          </Text>
          {children}
        </Stack>
        {open && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => setAnswering('keep')}>
              {keep.button}
            </Button>
            {mayConfirm && (
              <Button size="xs" color="danger" onClick={() => setAnswering('carry-out')}>
                {carryOut.button}
              </Button>
            )}
          </Group>
        )}
      </Group>
      {answering !== null && (
        <Answering
          answer={answering === 'keep' ? keep : carryOut}
          danger={answering === 'carry-out'}
          touches={touches}
          onClose={() => setAnswering(null)}
        />
      )}
    </li>
  )
}
