// Addresses that were seen in the network and that no declared asset has: each waits until somebody of the plant has said
// what it is, and the inventory says how much of what is known it holds.

import { Badge, Button, NativeSelect, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { TriageBody } from '../../../gateway/contract/inventory-bodies.ts'
import type { SeenListView, SeenView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { ApiProblem } from '../api/problem.ts'
import { seenQuery } from '../api/queries.ts'
import { Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { Rows } from '../display/rows.tsx'
import { When } from '../time/when.tsx'

type Verdict = TriageBody['verdict']

const verdicts: readonly { readonly value: Verdict; readonly label: string }[] = [
  { value: 'register', label: 'An asset: it will be declared' },
  { value: 'remove', label: 'It goes off the network' },
  { value: 'known', label: 'Known, and no asset' },
]

function Triage({ seen, onClose }: { seen: SeenView; onClose: () => void }) {
  const [verdict, setVerdict] = useState<Verdict>('register')
  const change = useChange({
    run: (reason: string) => client.call('triageSeen', { params: { id: seen.id }, body: { verdict, reason } }),
    touches: ['seen'],
    says: `What ${seen.address} is stands in the evidence.`,
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title={`What is ${seen.address}?`}
      label="Reason"
      hint="What it is, and how that is known. It is evidence."
      confirm="Keep"
      pending={change.isPending}
      problem={change.error}
      choice={
        <NativeSelect
          label="It is"
          data-autofocus
          data={[...verdicts]}
          value={verdict}
          onChange={({ currentTarget: { value } }) =>
            setVerdict(verdicts.find((each) => each.value === value)?.value ?? 'register')
          }
        />
      }
      onConfirm={(reason) => change.mutate(reason)}
      onClose={onClose}
    >
      It was seen in the network of plant {seen.plant}, and no declared asset has it.
    </ReasonDialog>
  )
}

function SeenRow({ seen, onTriage }: { seen: SeenView; onTriage: () => void }) {
  return (
    <Table.Tr>
      <Table.Td data-name="Address">
        <b>{seen.address}</b>
        <Text size="xs" c="dimmed">
          plant {seen.plant}
        </Text>
      </Table.Td>
      <Table.Td data-name="First seen">
        <When at={seen.firstAt} />
      </Table.Td>
      <Table.Td data-name="Explained by">
        {seen.isDeclared ? (
          'declared by now'
        ) : (
          <>
            <When at={seen.triageBy} />
            {seen.isOverdue && (
              <Badge color="danger" variant="light" ml="xs">
                overdue
              </Badge>
            )}
          </>
        )}
      </Table.Td>
      <Table.Td className="sp-row-action">
        {seen.mayTriage && (
          <Button size="xs" variant="default" aria-label={`Say what ${seen.address} is`} onClick={onTriage}>
            Say what it is
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function accuracyText({ accuracy: { declared, outstanding, ratio } }: SeenListView): string {
  return ratio === null
    ? 'No address is known yet: have flows of the network compared with `sallyport assets seen`.'
    : `The inventory holds ${declared} of ${declared + outstanding} known addresses (${Math.round(100 * ratio)} %).`
}

export function SeenAddresses() {
  const list = useQuery(seenQuery)
  const [asked, setAsked] = useState<SeenView | null>(null)
  // Who is of no plant has no part in it.
  if (list.error instanceof ApiProblem && list.error.status === 403) return null
  return (
    <Panel title="Seen in the network">
      <Loaded from={list} rows={2}>
        {(view) => (
          <>
            <Text size="sm" c="dimmed" mb="sm">
              {accuracyText(view)}
              {view.items.length === 0 && ' No address waits to be explained.'}
            </Text>
            {view.items.length > 0 && (
              <Rows columns={['Address', 'First seen', 'Explained by']} actions>
                {view.items.map((seen) => (
                  <SeenRow key={seen.id} seen={seen} onTriage={() => setAsked(seen)} />
                ))}
              </Rows>
            )}
          </>
        )}
      </Loaded>
      {asked !== null && <Triage seen={asked} onClose={() => setAsked(null)} />}
    </Panel>
  )
}
