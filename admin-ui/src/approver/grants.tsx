// The grants that are open or scheduled, with the two changes an approver may make: take one back, or make it longer.

import { Button, Table, Text } from '@mantine/core'
import { IconClockPlus, IconKey, IconKeyOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { GrantView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { assetsQuery, openGrantsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Empty, Loaded } from '../display/loaded.tsx'
import { MachineMark } from '../display/machine-mark.tsx'
import { Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { Rows } from '../display/rows.tsx'
import { grantWords } from '../display/words.ts'
import { usePerson } from '../session/person.ts'
import { usePlant, usePlantName } from '../session/plant-choice.tsx'
import { isPageFor } from '../shell/pages.ts'
import { readerZone } from '../time/plant-time.ts'
import { TimeLeft, When, WindowTimes } from '../time/when.tsx'
import { ExtendDialog } from './extend-dialog.tsx'

function RevokeDialog({ grant, onClose }: { grant: GrantView; onClose: () => void }) {
  const revoke = useChange({
    run: (reason: string) => client.call('revoke', { params: { id: grant.id }, body: { reason } }),
    touches: ['grants', 'sessions', 'requests'],
    says: 'The grant is revoked.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title="Revoke this grant?"
      label="Reason"
      hint="Shown to the person, and kept as evidence."
      confirm="Revoke grant"
      danger
      pending={revoke.isPending}
      problem={revoke.error}
      onConfirm={(reason) => revoke.mutate(reason)}
      onClose={onClose}
    >
      <b>{grant.person.displayName}</b> loses access to <b>{grant.assetName}</b>, and sessions resting on it end at
      once.
    </ReasonDialog>
  )
}

interface RowProps {
  readonly grant: GrantView
  readonly zone: string
  readonly onRevoke: () => void
  readonly onExtend: () => void
}

function GrantRow({ grant, zone, onRevoke, onExtend }: RowProps) {
  const whom = `${grant.person.displayName} on ${grant.assetName}`
  // Anybody of the plant may end access; longer makes it who may approve it.
  const mayExtend = isPageFor('/approvals', usePerson().roles)
  return (
    <Table.Tr>
      <Table.Td data-name="Person">
        <b>{grant.person.displayName}</b>
        <Text size="xs" c="dimmed">
          {grant.person.supplierName ?? 'plant'}
        </Text>
        <MachineMark of={grant.person} />
      </Table.Td>
      <Table.Td data-name="Asset">
        {grant.assetName}
        <Text size="xs" c="dimmed">
          {grant.operationClass}, {grant.protocol.toUpperCase()}
        </Text>
      </Table.Td>
      <Table.Td data-name="State">
        <Badge of={grantWords[grant.state]} />
      </Table.Td>
      <Table.Td data-name="Window">
        <WindowTimes window={grant.window} zone={zone} />
      </Table.Td>
      <Table.Td data-name="Time left">
        {grant.state === 'scheduled' ? (
          <span>
            opens <When at={grant.window.from} zone={zone} />
          </span>
        ) : (
          <TimeLeft until={grant.window.until} />
        )}
      </Table.Td>
      <Table.Td className="sp-row-action">
        <div className="sp-row-buttons">
          {mayExtend && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconClockPlus size={14} aria-hidden />}
              aria-label={`Extend the grant of ${whom}`}
              onClick={onExtend}
            >
              Extend
            </Button>
          )}
          <Button
            size="xs"
            variant="default"
            className="sp-bad"
            leftSection={<IconKeyOff size={14} aria-hidden />}
            aria-label={`Revoke the grant of ${whom}`}
            onClick={onRevoke}
          >
            Revoke
          </Button>
        </div>
      </Table.Td>
    </Table.Tr>
  )
}

export function OpenGrants() {
  const grants = useQuery(openGrantsQuery(usePlant()))
  const plantName = usePlantName()
  const assets = useQuery(assetsQuery).data?.items ?? []
  const [open, setOpen] = useState<{ what: 'revoke' | 'extend'; grant: GrantView } | null>(null)
  const zoneOf = (grant: GrantView) => assets.find((asset) => asset.id === grant.asset)?.timeZone ?? readerZone()
  const close = () => setOpen(null)
  return (
    <Panel title="Open grants">
      <Loaded from={grants} rows={2}>
        {(list) =>
          list.items.length === 0 ? (
            <Empty
              icon={<IconKey size={28} />}
              title={plantName === '' ? 'No grant is open' : `No grant is open in ${plantName}`}
            >
              Approved requests stand here until their window ends.
            </Empty>
          ) : (
            <Rows columns={['Person', 'Asset', 'State', 'Window', 'Time left']} actions>
              {list.items.map((grant) => (
                <GrantRow
                  key={grant.id}
                  grant={grant}
                  zone={zoneOf(grant)}
                  onRevoke={() => setOpen({ what: 'revoke', grant })}
                  onExtend={() => setOpen({ what: 'extend', grant })}
                />
              ))}
            </Rows>
          )
        }
      </Loaded>
      {open?.what === 'revoke' && <RevokeDialog grant={open.grant} onClose={close} />}
      {open?.what === 'extend' && <ExtendDialog grant={open.grant} zone={zoneOf(open.grant)} onClose={close} />}
    </Panel>
  )
}
