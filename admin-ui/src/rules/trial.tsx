// Records how a proposed bundle did outside production. What it found is part of the release dossier.

import { Button, SegmentedControl, Stack } from '@mantine/core'
import { useState } from 'react'
import type { TrialBody } from '../../../gateway/contract/bundle-bodies.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { TextLine } from '../display/text-fields.tsx'

type Result = TrialBody['result']

const isResult = (text: string): text is Result => text === 'passed' || text === 'failed'

function TrialDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const [result, setResult] = useState<Result>('passed')
  const [site, setSite] = useState('')
  const [reference, setReference] = useState('')
  const record = useChange({
    run: (findings: string) =>
      client.call('recordTrial', {
        params: { id },
        body: { result, site: site.trim(), reference: reference.trim(), findings },
      }),
    touches: ['dossier'],
    says: 'The test is part of the release dossier.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title="Record a test outside production"
      label="What was tried, and what came of it"
      hint="Kept as evidence."
      confirm="Record the test"
      pending={record.isPending}
      problem={record.error}
      disabled={site.trim() === '' || reference.trim() === ''}
      choice={
        <Stack gap="sm">
          <TextLine
            label="Where"
            description="A pre-production plant, a simulator, a test bench"
            required
            data-autofocus
            maxLength={200}
            value={site}
            onChange={setSite}
          />
          <TextLine
            label="Test record"
            description="Its number or place"
            required
            maxLength={500}
            value={reference}
            onChange={setReference}
          />
          <SegmentedControl
            aria-label="Result"
            data={[
              { value: 'passed', label: 'Passed' },
              { value: 'failed', label: 'Failed' },
            ]}
            value={result}
            onChange={(value) => isResult(value) && setResult(value)}
          />
        </Stack>
      }
      onConfirm={(findings) => record.mutate(findings)}
      onClose={onClose}
    />
  )
}

/** @param about what was tested, read aloud. */
export function TrialButton({ id, about }: { id: string; about: string }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size="xs" variant="default" aria-label={`Record a test of ${about}`} onClick={() => setOpen(true)}>
        Record a test
      </Button>
      {open && <TrialDialog id={id} onClose={() => setOpen(false)} />}
    </>
  )
}
