// Attests that somebody may touch what carries a controlled label: until which time, and where the proof is kept.

import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState } from 'react'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { Failure } from '../display/loaded.tsx'
import { TextLine } from '../display/text-fields.tsx'
import { gatewayNow } from '../time/clock.ts'
import { fromLocalField, readerZone, toLocalField, zoneName } from '../time/plant-time.ts'

const halfAYear = 182 * 86_400_000

export function AttestDialog({ onClose }: { onClose: () => void }) {
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const zone = readerZone()
  const [person, setPerson] = useState('')
  const [label, setLabel] = useState('')
  const [reference, setReference] = useState('')
  const [until, setUntil] = useState(toLocalField(zone, gatewayNow() + halfAYear))
  const ends = fromLocalField(zone, until)
  const attest = useChange({
    run: (at: number) =>
      client.call('attest', {
        body: { person: person.trim(), label: label.trim(), until: at, reference: reference.trim() },
      }),
    touches: ['attestations', 'requests', 'assets'],
    says: ({ person: { displayName } }) => `${displayName} is attested.`,
    onDone: onClose,
  })
  const ready = [person, label, reference].every((text) => text.trim() !== '') && ends.kind === 'ok'
  return (
    <Modal opened onClose={onClose} title="Attest eligibility" fullScreen={phone}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !attest.isPending) attest.mutate(ends.at)
        }}
      >
        <Stack gap="md">
          <Text size="sm">Nobody attests their own eligibility. The proof itself stays where it is kept.</Text>
          <TextLine
            label="Person"
            description="Login name"
            required
            data-autofocus
            autoCapitalize="none"
            maxLength={256}
            value={person}
            onChange={setPerson}
          />
          <TextLine
            label="Label"
            description="A controlled label, as the scope declares it"
            required
            maxLength={256}
            value={label}
            onChange={setLabel}
          />
          <TextLine
            type="datetime-local"
            label={`Until (${zoneName(zone, gatewayNow())})`}
            description="Within 12 months"
            value={until}
            error={ends.kind === 'ok' ? null : 'Give a date and a time.'}
            onChange={setUntil}
          />
          <TextLine
            label="Where the proof is kept"
            required
            maxLength={500}
            value={reference}
            onChange={setReference}
          />
          {attest.isError && <Failure problem={attest.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={attest.isPending} disabled={!ready}>
              Attest
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
