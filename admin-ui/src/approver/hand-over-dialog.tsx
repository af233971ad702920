// Lends one's right to decide to a colleague for a time: to whom, from when until when, and why.

import { Button, Group, Modal, SimpleGrid, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState } from 'react'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { Failure } from '../display/loaded.tsx'
import { TextLine, TextLines } from '../display/text-fields.tsx'
import { gatewayNow } from '../time/clock.ts'
import { fromLocalField, readerZone, toLocalField, zoneName } from '../time/plant-time.ts'

const oneDay = 86_400_000

export function HandOverDialog({ onClose }: { onClose: () => void }) {
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const zone = readerZone()
  const clock = zoneName(zone, gatewayNow())
  const [to, setTo] = useState('')
  const [reason, setReason] = useState('')
  const [from, setFrom] = useState(toLocalField(zone, gatewayNow()))
  const [until, setUntil] = useState(toLocalField(zone, gatewayNow() + oneDay))
  const [begins, ends] = [fromLocalField(zone, from), fromLocalField(zone, until)]
  const window =
    begins.kind === 'ok' && ends.kind === 'ok' && begins.at < ends.at ? { from: begins.at, until: ends.at } : null
  const handOver = useChange({
    run: (given: { from: number; until: number }) =>
      client.call('delegate', { body: { to: to.trim(), window: given, reason: reason.trim() } }),
    touches: ['delegations', 'requests'],
    says: ({ to: { displayName } }) => `${displayName} decides for you in that time.`,
    onDone: onClose,
  })
  const ready = to.trim() !== '' && reason.trim() !== ''
  return (
    <Modal opened onClose={onClose} title="Hand over to a colleague" size="lg" fullScreen={phone}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && window !== null && !handOver.isPending) handOver.mutate(window)
        }}
      >
        <Stack gap="md">
          <Text size="sm">
            Your colleague decides in your place, under both names. What you may not approve yourself they may not
            approve for you, and never for a supplier.
          </Text>
          <TextLine
            label="To"
            description="Login name of the colleague"
            required
            data-autofocus
            autoCapitalize="none"
            maxLength={256}
            value={to}
            onChange={setTo}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <TextLine type="datetime-local" label={`From (${clock})`} value={from} onChange={setFrom} />
            <TextLine
              type="datetime-local"
              label={`Until (${clock})`}
              value={until}
              error={window === null ? 'The end comes after the start.' : null}
              onChange={setUntil}
            />
          </SimpleGrid>
          <TextLines
            label="Reason"
            description="Such as a shift or a holiday; kept as evidence"
            required
            value={reason}
            onChange={setReason}
          />
          {handOver.isError && <Failure problem={handOver.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={handOver.isPending} disabled={!ready || window === null}>
              Hand over
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
