// The yes: what is about to be granted, once more in words, with an optional shorter window and a comment.

import { Button, Checkbox, Group, Modal, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconCheck } from '@tabler/icons-react'
import { useState } from 'react'
import type { RequestView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { ApiProblem } from '../api/problem.ts'
import { Failure } from '../display/loaded.tsx'
import { Refusal } from '../display/reasons.tsx'
import { gatewayNow } from '../time/clock.ts'
import { toLocalField, zoneName } from '../time/plant-time.ts'
import { WindowTimes } from '../time/when.tsx'
import { narrowWindow } from './window.ts'

function Narrow({ request, fields, onChange }: NarrowProps) {
  const zone = request.timeZone
  const clock = zoneName(zone, gatewayNow())
  const narrowed = narrowWindow(request.window, zone, fields.from, fields.until)
  return (
    <div>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          type="datetime-local"
          label={`From (${clock})`}
          value={fields.from}
          onChange={(event) => onChange({ ...fields, from: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          label={`Until (${clock})`}
          value={fields.until}
          onChange={(event) => onChange({ ...fields, until: event.currentTarget.value })}
        />
      </SimpleGrid>
      <Text size="sm" mt={6} component="div" aria-live="polite">
        {narrowed.kind === 'ok' ? (
          <WindowTimes window={narrowed.window} zone={zone} />
        ) : (
          <span className="sp-bad">{narrowed.text}</span>
        )}
      </Text>
    </div>
  )
}

interface Fields {
  readonly from: string
  readonly until: string
}
interface NarrowProps {
  readonly request: RequestView
  readonly fields: Fields
  readonly onChange: (fields: Fields) => void
}

/** Open while it is drawn. `onClose` is called after the yes, too. */
export function ApproveDialog({ request, onClose }: { request: RequestView; onClose: () => void }) {
  const zone = request.timeZone
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const [comment, setComment] = useState('')
  const [shorter, setShorter] = useState(false)
  const [fields, setFields] = useState<Fields>({
    from: toLocalField(zone, request.window.from),
    until: toLocalField(zone, request.window.until),
  })
  const narrowed = narrowWindow(request.window, zone, fields.from, fields.until)
  const approve = useChange({
    run: () =>
      client.call('approve', {
        params: { id: request.id },
        body: {
          digest: request.digest,
          comment: comment.trim(),
          ...(shorter && narrowed.kind === 'ok' ? { window: narrowed.window } : {}),
        },
      }),
    touches: ['requests', 'grants'],
    says: `Access to ${request.assetName} is granted.`,
    onDone: onClose,
  })
  const decision = approve.error instanceof ApiProblem ? approve.error.decision : null
  return (
    <Modal opened onClose={onClose} title={`Approve access to ${request.assetName}`} fullScreen={phone}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!approve.isPending) approve.mutate()
        }}
      >
        <Stack gap="md">
          <Text size="sm" component="div">
            <b>{request.by.displayName}</b> may <b>{request.operationClass}</b> on <b>{request.assetName}</b>
            {!shorter && (
              <>
                :<br />
                <WindowTimes window={request.window} zone={zone} />
              </>
            )}
          </Text>
          <Checkbox
            label="Grant a shorter window"
            checked={shorter}
            onChange={(event) => setShorter(event.currentTarget.checked)}
          />
          {shorter && <Narrow request={request} fields={fields} onChange={setFields} />}
          <Textarea
            label="Comment"
            description="Shown to the requester; may be left empty"
            data-autofocus
            autosize
            minRows={2}
            maxRows={6}
            maxLength={500}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
          {decision !== null && <Refusal title="Policy refuses this approval" decision={decision} />}
          {approve.isError && decision === null && <Failure problem={approve.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={approve.isPending}
              disabled={shorter && narrowed.kind !== 'ok'}
              leftSection={<IconCheck size={16} aria-hidden />}
            >
              Grant access
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
