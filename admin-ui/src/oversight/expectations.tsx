// What is expected of a supplier by its risk tier, until when it is attested and on whose word.

import { Table, Text } from '@mantine/core'
import { useState } from 'react'
import type { SupplierDossierView } from '../../../gateway/contract/standing-views.ts'
import type { ExpectationView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { Badge } from '../display/badge.tsx'
import { Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { AttestButtons, attestedWords, ProofCell, Until } from './attested.tsx'
import { ProofDialog, type Proof } from './proof-dialog.tsx'
import { WithdrawDialog } from './withdraw-dialog.tsx'

type Supplier = SupplierDossierView['supplier']
const touches = ['suppliers', 'requests', 'assets', 'sessions', 'grants'] as const

interface OneProps {
  readonly supplier: Supplier
  readonly expectation: ExpectationView
  readonly onClose: () => void
}

function AttestExpectation({ supplier, expectation, onClose }: OneProps) {
  const attest = useChange({
    run: (proof: Proof) =>
      client.call('attestExpectation', {
        params: { id: supplier.id },
        body: { expectation: expectation.id, ...proof },
      }),
    touches: [...touches],
    says: () => `Attested for ${supplier.name}.`,
    onDone: onClose,
  })
  return (
    <ProofDialog
      title="Attest an expectation"
      days={expectation.validDays}
      pending={attest.isPending}
      problem={attest.error}
      onAttest={(proof) => attest.mutate(proof)}
      onClose={onClose}
    >
      <b>{supplier.name}</b> does what is expected: {expectation.text}
    </ProofDialog>
  )
}

function WithdrawExpectation({ supplier, expectation, onClose }: OneProps) {
  return (
    <WithdrawDialog
      what="attestation"
      run={(reason) =>
        client.call('withdrawExpectation', { params: { id: expectation.proof?.attestation ?? '' }, body: { reason } })
      }
      touches={touches}
      onClose={onClose}
    >
      Nobody of <b>{supplier.name}</b> has access from then on, and their sessions end: {expectation.text}
    </WithdrawDialog>
  )
}

export function Expectations({ dossier }: { dossier: SupplierDossierView }) {
  const { supplier, expectations, mayAttest } = dossier
  const [open, setOpen] = useState<{ readonly kind: 'attest' | 'withdraw'; readonly of: ExpectationView } | null>(null)
  const close = () => setOpen(null)
  return (
    <Panel title="Expected of it">
      {expectations.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing that has to be attested, at its risk tier.
        </Text>
      ) : (
        <Rows columns={['Expectation', 'State', 'Until', 'Proof']} actions>
          {expectations.map((expectation) => (
            <Table.Tr key={expectation.id}>
              <Table.Td data-name="Expectation">
                {expectation.text}
                <Text size="xs" c="dimmed">
                  {expectation.id}
                </Text>
              </Table.Td>
              <Table.Td data-name="State">
                <Badge of={attestedWords[expectation.state]} />
              </Table.Td>
              <Table.Td data-name="Until">
                <Until proof={expectation.proof} />
              </Table.Td>
              <Table.Td data-name="Proof">
                <ProofCell proof={expectation.proof} />
              </Table.Td>
              <Table.Td className="sp-row-action">
                {mayAttest && (
                  <AttestButtons
                    state={expectation.state}
                    what={expectation.text}
                    onAttest={() => setOpen({ kind: 'attest', of: expectation })}
                    onWithdraw={() => setOpen({ kind: 'withdraw', of: expectation })}
                  />
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Rows>
      )}
      {open?.kind === 'attest' && <AttestExpectation supplier={supplier} expectation={open.of} onClose={close} />}
      {open?.kind === 'withdraw' && <WithdrawExpectation supplier={supplier} expectation={open.of} onClose={close} />}
    </Panel>
  )
}
