// Who decides for whom at the moment or soon, lending one's own right, and taking it back.

import { Button, Table, Text } from '@mantine/core'
import { IconArrowsExchange } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { DelegationView } from '../../../gateway/contract/standing-views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { delegationsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Empty, Failure, Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'
import { usePerson } from '../session/person.ts'
import { readerZone } from '../time/plant-time.ts'
import { WindowTimes } from '../time/when.tsx'
import { HandOverDialog } from './hand-over-dialog.tsx'

const states: Readonly<Record<DelegationView['state'], Word>> = {
  coming: { word: 'Coming', tone: 'info', mark: 'clock' },
  'in-force': { word: 'In force', tone: 'good', mark: 'check' },
  over: { word: 'Over', tone: 'plain', mark: 'clock' },
  ended: { word: 'Taken back', tone: 'plain', mark: 'minus' },
}
/** Whose right can be lent; the gateway decides again. */
const lenders: readonly string[] = ['approver', 'safety-engineer', 'isms-manager', 'escort']

function Row({ delegation }: { delegation: DelegationView }) {
  const { id, from, to, window, reason, state } = delegation
  const end = useChange({
    run: () => client.call('endDelegation', { params: { id } }),
    touches: ['delegations', 'requests'],
    says: 'The hand-over is ended.',
  })
  return (
    <Table.Tr>
      <Table.Td data-name="Who">
        <span>
          <b>{to.displayName}</b> for {from.displayName}
        </span>
        <Text size="xs" c="dimmed">
          {reason}
        </Text>
      </Table.Td>
      <Table.Td data-name="State">
        <Badge of={states[state]} />
      </Table.Td>
      <Table.Td data-name="Window">
        <WindowTimes window={window} zone={readerZone()} />
        {end.isError && <Failure problem={end.error} />}
      </Table.Td>
      <Table.Td className="sp-row-action">
        <Button
          size="xs"
          variant="default"
          loading={end.isPending}
          aria-label={`End the hand-over from ${from.displayName} to ${to.displayName}`}
          onClick={() => end.mutate()}
        >
          End
        </Button>
      </Table.Td>
    </Table.Tr>
  )
}

export function HandedOver() {
  const delegations = useQuery(delegationsQuery)
  const [handing, setHanding] = useState(false)
  const mayLend = usePerson().roles.some((role) => lenders.includes(role))
  return (
    <Panel
      title="Handed over"
      aside={
        mayLend && (
          <Button size="xs" variant="default" onClick={() => setHanding(true)}>
            Hand over
          </Button>
        )
      }
    >
      <Loaded from={delegations} rows={1}>
        {({ items }) => {
          const open = items.filter(({ state }) => state === 'coming' || state === 'in-force')
          return open.length === 0 ? (
            <Empty icon={<IconArrowsExchange size={28} />} title="Nobody decides for somebody else">
              For a shift or a holiday, a colleague can decide in your place.
            </Empty>
          ) : (
            <Rows columns={['Who', 'State', 'Window']} actions>
              {open.map((delegation) => (
                <Row key={delegation.id} delegation={delegation} />
              ))}
            </Rows>
          )
        }}
      </Loaded>
      {handing && <HandOverDialog onClose={() => setHanding(false)} />}
    </Panel>
  )
}
