// Makes a grant longer by a chosen time; policy is asked again, and may refuse.

import { Button, Group, Modal, NativeSelect, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState } from 'react'
import type { GrantView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { ApiProblem } from '../api/problem.ts'
import { Failure } from '../display/loaded.tsx'
import { Refusal } from '../display/reasons.tsx'
import { TextLines } from '../display/text-fields.tsx'
import { formatMinutes } from '../time/duration.ts'
import { WindowTimes } from '../time/when.tsx'

const steps = [15, 30, 60, 120, 240]

interface ExtendProps {
  readonly grant: GrantView
  readonly zone: string
  readonly onClose: () => void
}

/** Open while it is drawn. */
export function ExtendDialog({ grant, zone, onClose }: ExtendProps) {
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const [minutes, setMinutes] = useState(30)
  const [comment, setComment] = useState('')
  const until = grant.window.until + minutes * 60_000
  const extend = useChange({
    run: () => client.call('extend', { params: { id: grant.id }, body: { until, comment: comment.trim() } }),
    touches: ['grants', 'sessions', 'requests'],
    says: 'The grant is extended.',
    onDone: onClose,
  })
  const decision = extend.error instanceof ApiProblem ? extend.error.decision : null
  return (
    <Modal opened onClose={onClose} title={`Extend access to ${grant.assetName}`} fullScreen={phone}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!extend.isPending) extend.mutate()
        }}
      >
        <Stack gap="md">
          <NativeSelect
            label="Extend by"
            data={steps.map((step) => ({ value: String(step), label: formatMinutes(step) }))}
            value={String(minutes)}
            onChange={(event) => setMinutes(Number(event.currentTarget.value))}
          />
          <Text size="sm" component="div">
            New window: <WindowTimes window={{ from: grant.window.from, until }} zone={zone} />
          </Text>
          <TextLines
            label="Comment"
            description="Kept as evidence; may be left empty"
            value={comment}
            onChange={setComment}
          />
          {decision !== null && <Refusal title="Policy refuses this extension" decision={decision} />}
          {extend.isError && decision === null && <Failure problem={extend.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={extend.isPending}>
              Extend grant
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
