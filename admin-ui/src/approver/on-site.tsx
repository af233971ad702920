// Who stands on site: what some sessions need to begin and to go on. It is shown with the code of a device that hangs in
// the zone; whether a session needs it is the policy's to say.

import { Button, Group, Modal, NativeSelect, Stack, Table, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconMapPin } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { PresenceView } from '../../../gateway/contract/standing-views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { assetsQuery, presencesQuery } from '../api/queries.ts'
import { Empty, Failure, Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { TextLine } from '../display/text-fields.tsx'
import { usePerson } from '../session/person.ts'
import { usePlant } from '../session/plant-choice.tsx'
import { formatMinutes, parseDuration } from '../time/duration.ts'
import { ClockTime, TimeLeft } from '../time/when.tsx'

/** A shift: the gateway takes no longer one. */
const longestMinutes = 480

function AssertDialog({ onClose }: { onClose: () => void }) {
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const { plants } = usePerson()
  const assets = useQuery(assetsQuery).data?.items ?? []
  const zones = new Map(
    assets.filter(({ plant }) => plants.includes(plant)).map(({ zone, zoneName }) => [zone, zoneName]),
  )
  const [zone, setZone] = useState('')
  const [code, setCode] = useState('')
  const [length, setLength] = useState('1 h')
  const parsed = parseDuration(length)
  const minutes = parsed.kind === 'ok' && parsed.minutes <= longestMinutes ? parsed.minutes : null
  const assert = useChange({
    run: (of: number) => client.call('assertPresence', { body: { zone, code: code.trim(), minutes: of } }),
    touches: ['presences', 'sessions', 'requests'],
    says: ({ zoneName }) => `You are on site in ${zoneName}.`,
    onDone: onClose,
  })
  const ready = zone !== '' && code.trim() !== '' && minutes !== null
  return (
    <Modal opened onClose={onClose} title="Say that you are on site" fullScreen={phone}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !assert.isPending) assert.mutate(minutes)
        }}
      >
        <Stack gap="md">
          <NativeSelect
            label="Zone"
            data-autofocus
            data={[
              { value: '', label: 'Choose where you stand' },
              ...[...zones].map(([value, label]) => ({ value, label })),
            ]}
            value={zone}
            onChange={(event) => setZone(event.currentTarget.value)}
          />
          <TextLine
            label="Code"
            description="What the device of the zone shows now"
            inputMode="numeric"
            maxLength={32}
            classNames={{ input: 'sp-code' }}
            value={code}
            onChange={setCode}
          />
          <TextLine
            label="For"
            description={`At most ${formatMinutes(longestMinutes)}; end it when you leave`}
            value={length}
            error={minutes === null ? `Give a time such as 1 h, at most ${formatMinutes(longestMinutes)}.` : null}
            onChange={setLength}
          />
          {assert.isError && <Failure problem={assert.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={assert.isPending} disabled={!ready}>
              I am on site
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function Row({ presence }: { presence: PresenceView }) {
  const mine = usePerson().id === presence.person.id
  const end = useChange({
    run: () => client.call('endPresence', { params: { id: presence.id } }),
    touches: ['presences', 'sessions'],
    says: 'The presence is ended.',
  })
  return (
    <Table.Tr>
      <Table.Td data-name="Person">
        <b>{presence.person.displayName}</b>
        <Text size="xs" c="dimmed">
          since <ClockTime at={presence.from} />
        </Text>
      </Table.Td>
      <Table.Td data-name="Zone">{presence.zoneName}</Table.Td>
      <Table.Td data-name="Time left">
        <TimeLeft until={presence.until} />
        {end.isError && <Failure problem={end.error} />}
      </Table.Td>
      <Table.Td className="sp-row-action">
        <Button
          size="xs"
          variant="default"
          loading={end.isPending}
          aria-label={`End the presence of ${presence.person.displayName} in ${presence.zoneName}`}
          onClick={() => end.mutate()}
        >
          {mine ? 'I leave' : 'End'}
        </Button>
      </Table.Td>
    </Table.Tr>
  )
}

export function OnSite() {
  const presences = useQuery(presencesQuery)
  const asked = usePlant()
  const [asserting, setAsserting] = useState(false)
  return (
    <Panel
      title="On site"
      aside={
        <Button size="xs" variant="default" onClick={() => setAsserting(true)}>
          I am on site
        </Button>
      }
    >
      <Loaded from={presences} rows={1}>
        {(list) => {
          const items = list.items.filter(({ plant }) => asked === '' || plant === asked)
          return items.length === 0 ? (
            <Empty icon={<IconMapPin size={28} />} title="Nobody says they are on site">
              Work on safety systems needs somebody in the zone.
            </Empty>
          ) : (
            <Rows columns={['Person', 'Zone', 'Time left']} actions>
              {items.map((presence) => (
                <Row key={presence.id} presence={presence} />
              ))}
            </Rows>
          )
        }}
      </Loaded>
      {asserting && <AssertDialog onClose={() => setAsserting(false)} />}
    </Panel>
  )
}
