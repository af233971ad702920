// The yes: what is about to be granted, once more in words, with what may be made less of it: a shorter window, a lower
// class, an escort, conditions. And a comment.

import {
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconCheck } from '@tabler/icons-react'
import { useState } from 'react'
import type { RequestView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { ApiProblem } from '../api/problem.ts'
import { Failure } from '../display/loaded.tsx'
import { Refusal } from '../display/reasons.tsx'
import { operationMeanings } from '../display/words.ts'
import { gatewayNow } from '../time/clock.ts'
import { toLocalField, zoneName } from '../time/plant-time.ts'
import { WindowTimes } from '../time/when.tsx'
import { changesOf, lowerClasses, mayOnlyFetch, type Changes } from './changes.ts'
import { narrowWindow } from './window.ts'

interface PartProps {
  readonly request: RequestView
  readonly changes: Changes
  readonly onChange: (part: Partial<Changes>) => void
}

function Shorter({ request, changes, onChange }: PartProps) {
  const zone = request.timeZone
  const clock = zoneName(zone, gatewayNow())
  const narrowed = narrowWindow(request.terms.window, zone, changes.from, changes.until)
  return (
    <div>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          type="datetime-local"
          label={`From (${clock})`}
          value={changes.from}
          onChange={(event) => onChange({ from: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          label={`Until (${clock})`}
          value={changes.until}
          onChange={(event) => onChange({ until: event.currentTarget.value })}
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

function Less({ request, changes, onChange }: PartProps) {
  const { terms } = request
  const lower = lowerClasses(terms.operationClass)
  return (
    <Stack gap="sm">
      <Checkbox
        label="Grant a shorter window"
        data-autofocus={request.myYes?.narrows || undefined}
        checked={changes.shorter}
        onChange={(event) => onChange({ shorter: event.currentTarget.checked })}
      />
      {changes.shorter && <Shorter request={request} changes={changes} onChange={onChange} />}
      {lower.length > 0 && (
        <NativeSelect
          label="Allowed"
          description={operationMeanings[changes.operationClass]}
          data={[terms.operationClass, ...lower].map((each) => ({
            value: each,
            label: each === terms.operationClass ? `${each}, as asked` : `${each} only`,
          }))}
          value={changes.operationClass}
          onChange={({ currentTarget: { value } }) => {
            const chosen = [terms.operationClass, ...lower].find((each) => each === value)
            if (chosen !== undefined) onChange({ operationClass: chosen })
          }}
        />
      )}
      {terms.transfer !== null && (
        <NativeSelect
          label="Files"
          description={terms.transfer.paths.join(', ')}
          data={[
            { value: 'asked', label: 'as asked' },
            ...(mayOnlyFetch(terms.transfer) ? [{ value: 'fetch', label: 'list and fetch only' }] : []),
            { value: 'none', label: 'no files' },
          ]}
          value={changes.files}
          onChange={({ currentTarget: { value } }) => {
            const chosen = (['asked', 'fetch', 'none'] as const).find((each) => each === value)
            if (chosen !== undefined) onChange({ files: chosen })
          }}
        />
      )}
      <Checkbox
        label="Only with an escort of the plant"
        description="The session waits for somebody to attach, and pauses when they leave"
        checked={terms.escort || changes.escort}
        disabled={terms.escort}
        onChange={(event) => onChange({ escort: event.currentTarget.checked })}
      />
      <TextInput
        label="Conditions"
        description="In words, shown to the requester; may be left empty"
        maxLength={500}
        value={changes.conditions}
        onChange={(event) => onChange({ conditions: event.currentTarget.value })}
      />
    </Stack>
  )
}

/** Open while it is drawn. `onClose` is called after the yes, too. */
export function ApproveDialog({ request, onClose }: { request: RequestView; onClose: () => void }) {
  const zone = request.timeZone
  const { terms } = request
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const [comment, setComment] = useState('')
  const [changes, setChanges] = useState<Changes>({
    shorter: false,
    from: toLocalField(zone, terms.window.from),
    until: toLocalField(zone, terms.window.until),
    operationClass: terms.operationClass,
    escort: false,
    conditions: '',
    files: 'asked',
  })
  const wanted = changesOf(request, changes)
  const approve = useChange({
    run: () =>
      client.call('approve', {
        params: { id: request.id },
        body: {
          digest: request.digest,
          comment: comment.trim(),
          ...(wanted.kind === 'some' ? { changes: wanted.changes } : {}),
        },
      }),
    touches: ['requests', 'grants'],
    says: ({ state }) =>
      state === 'approved'
        ? `Access to ${request.assetName} is granted.`
        : `Your approval for ${request.assetName} is kept; others are still needed.`,
    onDone: onClose,
  })
  const decision = approve.error instanceof ApiProblem ? approve.error.decision : null
  const earlier = request.approvals.some(({ verdict, lapsed }) => verdict === 'approve' && lapsed === null)
  /** Their yes is given already: only with less is there anything to say. */
  const narrows = request.myYes?.narrows === true
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${narrows ? 'Grant less' : 'Approve access'} to ${request.assetName}`}
      size="lg"
      fullScreen={phone}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!approve.isPending) approve.mutate()
        }}
      >
        <Stack gap="md">
          <Text size="sm" component="div">
            <b>{request.by.displayName}</b> may <b>{changes.operationClass}</b> on <b>{request.assetName}</b>
            {!changes.shorter && (
              <>
                :<br />
                {request.schedule.kind === 'whole' ? (
                  <WindowTimes window={terms.window} zone={zone} />
                ) : (
                  request.scheduleText
                )}
              </>
            )}
          </Text>
          <Less request={request} changes={changes} onChange={(part) => setChanges({ ...changes, ...part })} />
          {wanted.kind === 'some' && earlier && (
            <Text size="sm" c="dimmed" role="status">
              A change makes the approvals given so far count no longer: those people are asked again.
              {narrows && ' Yours is given anew with it.'}
            </Text>
          )}
          <Textarea
            label="Comment"
            description="Shown to the requester; may be left empty"
            data-autofocus={!narrows || undefined}
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
              disabled={wanted.kind === 'problem' || (narrows && wanted.kind === 'none')}
              leftSection={<IconCheck size={16} aria-hidden />}
            >
              {narrows ? 'Grant less' : 'Grant access'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
