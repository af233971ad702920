// What is off at the moment, since when and why, and lifting it again: never by who did it.

import { Button, Table, Text } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { SuspensionView } from '../../../gateway/contract/standing-views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { suspensionsQuery } from '../api/queries.ts'
import { Empty, Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { Rows } from '../display/rows.tsx'
import { usePerson } from '../session/person.ts'
import { When } from '../time/when.tsx'

function LiftDialog({ suspension, onClose }: { suspension: SuspensionView; onClose: () => void }) {
  const lift = useChange({
    run: (reason: string) => client.call('lift', { params: { id: suspension.id }, body: { reason } }),
    touches: ['suspensions', 'requests', 'suppliers', 'assets'],
    says: 'The suspension is lifted.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title={`Lift the suspension of ${suspension.target.name}?`}
      label="Reason"
      hint="Why it is safe again; kept as evidence."
      confirm="Lift suspension"
      pending={lift.isPending}
      problem={lift.error}
      onConfirm={(reason) => lift.mutate(reason)}
      onClose={onClose}
    >
      Access that was ended stays ended: it has to be asked for again.
    </ReasonDialog>
  )
}

export function Suspensions() {
  const me = usePerson()
  const suspensions = useQuery(suspensionsQuery)
  const [lifting, setLifting] = useState<SuspensionView | null>(null)
  return (
    <Panel title="Suspended">
      <Loaded from={suspensions} rows={1}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconShieldCheck size={28} />} title="Nothing is suspended" />
          ) : (
            <Rows columns={['What', 'Since', 'By', 'Reason']} actions>
              {items.map((suspension) => (
                <Table.Tr key={suspension.id}>
                  <Table.Td data-name="What">
                    <b>{suspension.target.name}</b>
                    <Text size="xs" c="dimmed">
                      {suspension.target.kind}
                    </Text>
                  </Table.Td>
                  <Table.Td data-name="Since">
                    <When at={suspension.at} />
                  </Table.Td>
                  <Table.Td data-name="By">{suspension.by.displayName}</Table.Td>
                  <Table.Td data-name="Reason">{suspension.reason}</Table.Td>
                  <Table.Td className="sp-row-action">
                    {suspension.mayLift ? (
                      <Button
                        size="xs"
                        variant="default"
                        aria-label={`Lift the suspension of ${suspension.target.name}`}
                        onClick={() => setLifting(suspension)}
                      >
                        Lift
                      </Button>
                    ) : (
                      <span className="sp-muted sp-small sp-whole">
                        {suspension.by.id === me.id ? 'somebody else lifts it' : 'not yours to lift'}
                      </span>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Rows>
          )
        }
      </Loaded>
      {lifting !== null && <LiftDialog suspension={lifting} onClose={() => setLifting(null)} />}
    </Panel>
  )
}
