// Opening an incident: what happened, how grave it is, and what it touches.

import { Button, Group, Modal, NativeSelect, Stack } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { IncidentRow } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { Failure } from '../display/loaded.tsx'
import { TextLine, TextLines } from '../display/text-fields.tsx'
import { severities, severityWords } from './incident-words.ts'
import { namesIn } from './steps-taken.ts'

type Severity = IncidentRow['severity']

export function OpenDialog({ onClose }: { onClose: () => void }) {
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const navigate = useNavigate()
  const [title, setTitle] = useState('')
  const [words, setWords] = useState('')
  const [severity, setSeverity] = useState<Severity>('medium')
  const [assets, setAssets] = useState('')
  const [sessions, setSessions] = useState('')
  const open = useChange({
    run: () =>
      client.call('raiseIncident', {
        body: {
          title: title.trim(),
          words: words.trim(),
          severity,
          touches: { assets: namesIn(assets), sessions: namesIn(sessions) },
        },
      }),
    touches: ['incidents', 'register'],
    says: 'The incident is open.',
    onDone: ({ id }) => void navigate({ to: '/incidents/$id', params: { id } }),
  })
  const isWhole = title.trim() !== '' && words.trim() !== ''
  return (
    <Modal opened onClose={onClose} title="Open an incident" fullScreen={phone}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isWhole && !open.isPending) open.mutate()
        }}
      >
        <Stack gap="md">
          <TextLine
            label="What happened, in a line"
            required
            data-autofocus
            maxLength={200}
            value={title}
            onChange={setTitle}
          />
          <TextLines
            label="What is known of it"
            description="Kept as evidence."
            required
            minRows={3}
            maxRows={8}
            maxLength={4000}
            value={words}
            onChange={setWords}
          />
          <NativeSelect
            label="How grave it is"
            description="From this follows whom you have to tell outside, and by when."
            value={severity}
            onChange={(event) => {
              const chosen = severities.find((each) => each === event.currentTarget.value)
              if (chosen !== undefined) setSeverity(chosen)
            }}
            data={severities.map((value) => ({ value, label: severityWords[value].word }))}
          />
          <TextLine
            label="Assets it touches"
            description="Their ids, with commas. Their plants follow from them."
            value={assets}
            onChange={setAssets}
          />
          <TextLine
            label="Sessions it touches"
            description="Their ids, with commas. Asset, plant and supplier follow from them."
            value={sessions}
            onChange={setSessions}
          />
          {open.error !== null && <Failure problem={open.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={open.isPending} disabled={!isWhole}>
              Open incident
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
