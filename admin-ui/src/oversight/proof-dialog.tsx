// Until when something is attested, and where the proof of it is kept: asked the same way for whatever is attested.

import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState, type ReactNode } from 'react'
import { Failure } from '../display/loaded.tsx'
import { TextLine } from '../display/text-fields.tsx'
import { gatewayNow } from '../time/clock.ts'
import { fromLocalField, readerZone, toLocalField, zoneName } from '../time/plant-time.ts'

export interface Proof {
  readonly until: number
  readonly reference: string
}

interface ProofDialogProps {
  readonly title: string
  /** The longest it may hold, in days; what is proposed. */
  readonly days: number
  readonly pending: boolean
  readonly problem: Error | null
  readonly onAttest: (proof: Proof) => void
  readonly onClose: () => void
  /** What is attested, and of whom. */
  readonly children: ReactNode
}

const day = 86_400_000
/** The gateway reckons from when it hears of it: a proposal to the very last minute would be over it. */
const minute = 60_000

export function ProofDialog({ title, days, pending, problem, onAttest, onClose, children }: ProofDialogProps) {
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const zone = readerZone()
  const [reference, setReference] = useState('')
  const [until, setUntil] = useState(toLocalField(zone, gatewayNow() + days * day - minute))
  const ends = fromLocalField(zone, until)
  const ready = reference.trim() !== '' && ends.kind === 'ok'
  return (
    <Modal opened onClose={onClose} title={title} fullScreen={phone}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !pending) onAttest({ until: ends.at, reference: reference.trim() })
        }}
      >
        <Stack gap="md">
          <Text size="sm" component="div">
            {children}
          </Text>
          <TextLine
            label="Where the proof is kept"
            description="A reference; the proof itself stays where it is kept."
            required
            data-autofocus
            maxLength={500}
            value={reference}
            onChange={setReference}
          />
          <TextLine
            type="datetime-local"
            label={`Until (${zoneName(zone, gatewayNow())})`}
            description={`Within ${days} days`}
            value={until}
            error={ends.kind === 'ok' ? null : 'Give a date and a time.'}
            onChange={setUntil}
          />
          {problem !== null && <Failure problem={problem} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={pending} disabled={!ready}>
              Attest
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
