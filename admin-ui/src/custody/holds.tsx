// Legal holds: what stands, setting one, and letting go of one that another person set.

import { Button, Select, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { HoldBody } from '../../../gateway/contract/custody-bodies.ts'
import type { HoldView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { holdsQuery } from '../api/queries.ts'
import { Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { Rows } from '../display/rows.tsx'
import { TextLine } from '../display/text-fields.tsx'
import { Moment, When } from '../time/when.tsx'

type Kind = HoldBody['target']['kind']
const kinds: readonly { readonly value: Kind; readonly label: string }[] = [
  { value: 'session', label: 'One session' },
  { value: 'person', label: 'A person' },
  { value: 'supplier', label: 'A supplier' },
  { value: 'asset', label: 'An asset' },
  { value: 'plant', label: 'A plant' },
  { value: 'all', label: 'Everything' },
]
const touches = ['holds', 'recordings', 'recording', 'due-recordings', 'evidence']

/** A day begins in UTC here: a hold is about what happened, whoever reads it where. */
const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`)

function SetHold({ onClose }: { onClose: () => void }) {
  const [kind, setKind] = useState<Kind>('session')
  const [id, setId] = useState('')
  const [reference, setReference] = useState('')
  const [from, setFrom] = useState('')
  const [until, setUntil] = useState('')
  const spanFault = (from === '') !== (until === '') || (from !== '' && startOf(from) > startOf(until))
  const set = useChange({
    run: (reason: string) => {
      const target = { kind, id: kind === 'all' ? '' : id.trim() }
      const span = from === '' ? {} : { span: { from: startOf(from), until: startOf(until) + 86_400_000 } }
      return client.call('hold', { body: { target, reason, reference: reference.trim(), ...span } })
    },
    touches,
    says: 'The legal hold is set.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title="Set a legal hold"
      label="Reason"
      hint="Why it is kept. Kept as evidence."
      confirm="Set legal hold"
      pending={set.isPending}
      problem={set.error}
      disabled={(kind !== 'all' && id.trim() === '') || reference.trim() === '' || spanFault}
      choice={
        <Stack gap="sm">
          <Select
            label="What is held"
            data={[...kinds]}
            value={kind}
            onChange={(value) => setKind(kinds.find((each) => each.value === value)?.value ?? 'session')}
            allowDeselect={false}
            data-autofocus
          />
          {kind !== 'all' && (
            <TextLine label="Which" description="Its id; of a person the login" required value={id} onChange={setId} />
          )}
          <TextLine
            label="Reference"
            description="Where it is written down: a case, an incident, a letter"
            required
            maxLength={120}
            value={reference}
            onChange={setReference}
          />
        </Stack>
      }
      options={
        <Stack gap="sm">
          <TextLine
            type="date"
            label="Only from this day (UTC)"
            description="Leave both days empty to hold whatever it is from"
            value={from}
            onChange={setFrom}
          />
          <TextLine
            type="date"
            label="To the end of this day (UTC)"
            value={until}
            error={spanFault ? 'Give both days, the later one second' : null}
            onChange={setUntil}
          />
        </Stack>
      }
      onConfirm={(reason) => set.mutate(reason)}
      onClose={onClose}
    >
      While it stands, nothing it covers is deleted or erased. Another person than you has to release it.
    </ReasonDialog>
  )
}

function ReleaseHold({ hold, onClose }: { hold: HoldView; onClose: () => void }) {
  const release = useChange({
    run: (reason: string) => client.call('releaseHold', { params: { id: hold.id }, body: { reason } }),
    touches,
    says: 'The legal hold is released.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title="Release a legal hold"
      label="Reason"
      hint="Kept as evidence."
      confirm="Release"
      danger
      pending={release.isPending}
      problem={release.error}
      onConfirm={(reason) => release.mutate(reason)}
      onClose={onClose}
    >
      {hold.by.displayName} set it for {hold.reference}. What it covers and is past its day may be deleted again.
    </ReasonDialog>
  )
}

function HoldRow({ hold, onRelease }: { hold: HoldView; onRelease: (() => void) | null }) {
  const { id, target, span, at, by, reason, reference } = hold
  return (
    <Table.Tr>
      <Table.Td data-name="Held">
        {target.kind === 'all' ? 'Everything' : `${target.kind} ${target.name}`}
        <Text size="xs" c="dimmed">
          <code>{id}</code>
        </Text>
      </Table.Td>
      <Table.Td data-name="From when">
        {span === null ? (
          'whenever'
        ) : (
          <>
            <Moment at={span.from} /> to <Moment at={span.until} />
          </>
        )}
      </Table.Td>
      <Table.Td data-name="Set">
        <When at={at} />
        <Text size="xs" c="dimmed">
          by {by.displayName}
        </Text>
      </Table.Td>
      <Table.Td data-name="For">
        {reference}
        <Text size="xs" c="dimmed">
          {reason}
        </Text>
      </Table.Td>
      <Table.Td>
        {onRelease !== null && (
          <Button size="xs" variant="default" aria-label={`Release the hold for ${reference}`} onClick={onRelease}>
            Release
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

export function Holds({ maySet }: { maySet: boolean }) {
  const holds = useQuery(holdsQuery)
  const [setting, setSetting] = useState(false)
  const [releasing, setReleasing] = useState<HoldView | null>(null)
  return (
    <Panel
      title="Legal holds"
      aside={
        maySet && (
          <Button size="xs" onClick={() => setSetting(true)}>
            Set a legal hold
          </Button>
        )
      }
    >
      <Loaded from={holds} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing is on legal hold.
            </Text>
          ) : (
            <Rows columns={['Held', 'From when', 'Set', 'For']} actions>
              {items.map((hold) => (
                <HoldRow
                  key={hold.id}
                  hold={hold}
                  onRelease={maySet && hold.mayRelease ? () => setReleasing(hold) : null}
                />
              ))}
            </Rows>
          )
        }
      </Loaded>
      {setting && <SetHold onClose={() => setSetting(false)} />}
      {releasing !== null && <ReleaseHold hold={releasing} onClose={() => setReleasing(null)} />}
    </Panel>
  )
}
