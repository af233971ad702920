// Who may touch what carries a controlled label (export control, a customer's restriction), until when and on whose word.

import { Button, Table, Text } from '@mantine/core'
import { IconCertificate } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AttestationView } from '../../../gateway/contract/standing-views.ts'
import { client } from '../api/gateway.ts'
import { attestationsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Empty, Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'
import { usePerson } from '../session/person.ts'
import { When } from '../time/when.tsx'
import { AttestDialog } from './attest-dialog.tsx'
import { WithdrawDialog } from './withdraw-dialog.tsx'

const states: Readonly<Record<AttestationView['state'], Word>> = {
  'in-force': { word: 'In force', tone: 'good', mark: 'check' },
  over: { word: 'Over', tone: 'plain', mark: 'clock' },
  withdrawn: { word: 'Withdrawn', tone: 'bad', mark: 'minus' },
}

function WithdrawAttestation({ attestation, onClose }: { attestation: AttestationView; onClose: () => void }) {
  return (
    <WithdrawDialog
      what="attestation"
      run={(reason) => client.call('withdrawAttestation', { params: { id: attestation.id }, body: { reason } })}
      touches={['attestations', 'sessions', 'grants']}
      onClose={onClose}
    >
      <b>{attestation.person.displayName}</b> may no longer touch what carries <b>{attestation.label}</b>, and sessions
      resting on it end.
    </WithdrawDialog>
  )
}

function Row({ attestation, onWithdraw }: { attestation: AttestationView; onWithdraw: (() => void) | null }) {
  const { person, label, state, until, reference, by } = attestation
  return (
    <Table.Tr>
      <Table.Td data-name="Person">
        <b>{person.displayName}</b>
        <Text size="xs" c="dimmed">
          {person.supplierName ?? 'plant'}
        </Text>
      </Table.Td>
      <Table.Td data-name="Label">{label}</Table.Td>
      <Table.Td data-name="State">
        <Badge of={states[state]} />
      </Table.Td>
      <Table.Td data-name="Until">
        <When at={until} />
      </Table.Td>
      <Table.Td data-name="Proof">
        {reference}
        <Text size="xs" c="dimmed">
          by {by.displayName}
        </Text>
      </Table.Td>
      <Table.Td className="sp-row-action">
        {onWithdraw !== null && (
          <Button
            size="xs"
            variant="default"
            aria-label={`Withdraw ${label} of ${person.displayName}`}
            onClick={onWithdraw}
          >
            Withdraw
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

export function Attestations() {
  const attestations = useQuery(attestationsQuery)
  const mayAttest = usePerson().roles.some((role) => role === 'isms-manager' || role === 'admin')
  const [open, setOpen] = useState<'attest' | AttestationView | null>(null)
  const close = () => setOpen(null)
  return (
    <Panel
      title="Eligibility for controlled labels"
      aside={
        mayAttest && (
          <Button size="xs" variant="default" onClick={() => setOpen('attest')}>
            Attest
          </Button>
        )
      }
    >
      <Loaded from={attestations} rows={1}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconCertificate size={28} />} title="Nobody’s eligibility is attested">
              What carries a controlled label stays closed until somebody attests who may touch it.
            </Empty>
          ) : (
            <Rows columns={['Person', 'Label', 'State', 'Until', 'Proof']} actions>
              {items.map((attestation) => (
                <Row
                  key={attestation.id}
                  attestation={attestation}
                  onWithdraw={mayAttest && attestation.state === 'in-force' ? () => setOpen(attestation) : null}
                />
              ))}
            </Rows>
          )
        }
      </Loaded>
      {open === 'attest' && <AttestDialog onClose={close} />}
      {open !== null && open !== 'attest' && <WithdrawAttestation attestation={open} onClose={close} />}
    </Panel>
  )
}
