// Machine accounts: who answers for each, what it may run and from where, when it was last used and looked at. An
// administrator hands one over here; what it may run is part of the rules, and is changed with them.

import { Button, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { MachineState, MachineView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { machinesQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { Rows } from '../display/rows.tsx'
import { TextLine } from '../display/text-fields.tsx'
import type { Word } from '../display/words.ts'
import { When } from '../time/when.tsx'

export const machineWords: Readonly<Record<MachineState, Word>> = {
  usable: { word: 'Usable', tone: 'good', mark: 'check' },
  ownerless: { word: 'No owner', tone: 'bad', mark: 'alert' },
  ended: { word: 'Past its last day', tone: 'bad', mark: 'minus' },
  undeclared: { word: 'Not in the rules', tone: 'warn', mark: 'question' },
  disabled: { word: 'Disabled', tone: 'plain', mark: 'cross' },
}

const verdicts: Readonly<Record<string, string>> = { keep: 'kept', change: 'changed', remove: 'taken away' }

function HandOverDialog({ machine, onClose }: { machine: MachineView; onClose: () => void }) {
  const [to, setTo] = useState('')
  const handOver = useChange({
    run: (reason: string) =>
      client.call('handOverMachine', { params: { id: machine.machine.id }, body: { to: to.trim(), reason } }),
    touches: ['machines'],
    says: ({ owner }) => `${owner.displayName} answers for it now.`,
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title={`Hand over ${machine.machine.displayName}`}
      label="Reason"
      hint="Kept as evidence"
      confirm="Hand over"
      pending={handOver.isPending}
      problem={handOver.error}
      disabled={to.trim() === ''}
      choice={
        <TextLine
          label="Who answers for it from now on"
          description="Login name: of the plant, or of the machine’s supplier"
          required
          data-autofocus
          autoCapitalize="none"
          maxLength={256}
          value={to}
          onChange={setTo}
        />
      }
      onConfirm={(reason) => handOver.mutate(reason)}
      onClose={onClose}
    >
      Who answers for it asks for its access and takes it back, and decides on none of it. Open grants stay.
    </ReasonDialog>
  )
}

function MachineRow({ of, onHandOver }: { of: MachineView; onHandOver: (() => void) | null }) {
  const { machine, owner, lastReview } = of
  return (
    <Table.Tr>
      <Table.Td data-name="Machine">
        <b>{machine.displayName}</b>
        <Text size="xs" c="dimmed">
          {machine.login}, {machine.supplierName ?? 'plant'}
        </Text>
        <Text size="xs" c="dimmed">
          {of.purpose}
        </Text>
      </Table.Td>
      <Table.Td data-name="State">
        <Badge of={machineWords[of.state]} />
      </Table.Td>
      <Table.Td data-name="Answers for it">
        {owner.displayName}
        <Text size="xs" c="dimmed">
          until {of.until}
        </Text>
      </Table.Td>
      <Table.Td data-name="May run">
        {of.commands.length === 0 ? (
          <span className="sp-muted sp-small">nothing</span>
        ) : (
          of.commands.map((command) => (
            <div key={command}>
              <code>{command}</code>
            </div>
          ))
        )}
        <Text size="xs" c="dimmed">
          from {of.sources.join(', ')}
          {of.keyAlone ? ', with its key alone' : ', and its key is not enough'}
        </Text>
      </Table.Td>
      <Table.Td data-name="Use and review">
        {of.lastUse === null ? 'never used' : <When at={of.lastUse} />}
        <Text size="xs" c="dimmed">
          {of.openGrants === 1 ? '1 open grant' : `${of.openGrants} open grants`}
        </Text>
        <Text size="xs" c="dimmed">
          {lastReview === null ? (
            'never reviewed'
          ) : (
            <>
              {verdicts[lastReview.verdict] ?? lastReview.verdict} by {lastReview.by.displayName},{' '}
              <When at={lastReview.at} />
            </>
          )}
        </Text>
      </Table.Td>
      {onHandOver !== null && (
        <Table.Td>
          <Button
            size="xs"
            variant="default"
            aria-label={`Hand over ${machine.displayName}`}
            disabled={of.state === 'disabled'}
            onClick={onHandOver}
          >
            Hand over
          </Button>
        </Table.Td>
      )}
    </Table.Tr>
  )
}

export function MachinesPage() {
  const machines = useQuery(machinesQuery)
  const [handing, setHanding] = useState<MachineView | null>(null)
  return (
    <Page title="Machine accounts" lead="Integrations that log in by themselves, and who answers for each.">
      <Panel title="All machine accounts">
        <Loaded from={machines} rows={3}>
          {({ items, mayHandOver }) =>
            items.length === 0 ? (
              <Text size="sm" c="dimmed">
                None yet. One is registered on the gateway’s own machine: <code>sallyport machine add</code>.
              </Text>
            ) : (
              <Rows columns={['Machine', 'State', 'Answers for it', 'May run', 'Use and review']} actions={mayHandOver}>
                {items.map((one) => (
                  <MachineRow key={one.machine.id} of={one} onHandOver={mayHandOver ? () => setHanding(one) : null} />
                ))}
              </Rows>
            )
          }
        </Loaded>
      </Panel>
      {handing !== null && <HandOverDialog machine={handing} onClose={() => setHanding(null)} />}
    </Page>
  )
}
