// Asks for a sentence before something is done that needs one: a kill, a refusal, a purpose. The sentence is evidence.

import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useId, useState, type ReactNode } from 'react'
import { Failure } from './loaded.tsx'
import { TextLines } from './text-fields.tsx'

interface ReasonDialogProps {
  readonly title: string
  readonly children?: ReactNode
  /** The name of the field: `Reason` or `Purpose`. */
  readonly label: string
  readonly hint: string
  readonly confirm: string
  /** What stands in the field at first; empty when not given. */
  readonly initial?: string
  readonly danger?: boolean
  readonly pending: boolean
  readonly problem: unknown
  /** Something else that is chosen beside the sentence is not complete yet. */
  readonly disabled?: boolean
  /** What is chosen before the sentence, which is about it. Its first field says `data-autofocus`. */
  readonly choice?: ReactNode
  /** What may be chosen beside the sentence. */
  readonly options?: ReactNode
  readonly onConfirm: (text: string) => void
  readonly onClose: () => void
}

/** Open while it is drawn; its owner takes it away. */
export function ReasonDialog(props: ReasonDialogProps) {
  const [text, setText] = useState(props.initial ?? '')
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const form = useId()
  const given = text.trim()
  return (
    <Modal opened onClose={props.onClose} title={props.title} fullScreen={phone}>
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault()
          if (given !== '' && !props.pending && props.disabled !== true) props.onConfirm(given)
        }}
      >
        <Stack gap="md">
          {props.children !== undefined && (
            <Text size="sm" component="div">
              {props.children}
            </Text>
          )}
          {props.choice}
          <TextLines
            label={props.label}
            description={props.hint}
            required
            data-autofocus
            value={text}
            onChange={setText}
          />
          {props.options}
          {props.problem !== null && props.problem !== undefined && <Failure problem={props.problem} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={props.onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              {...(props.danger === true ? { color: 'danger' } : {})}
              loading={props.pending}
              disabled={given === '' || props.disabled === true}
            >
              {props.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
