// The rules in force: which bundle, since when and by whom; what is proposed; which scope changes wait; what was before.

import { Button, Group, Table, Text } from '@mantine/core'
import { IconArrowBackUp, IconUpload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ActivationView, BundleView } from '../../../gateway/contract/bundle-views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { bundleHistoryQuery, bundleQuery } from '../api/queries.ts'
import { Facts } from '../display/facts.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { usePerson } from '../session/person.ts'
import { When } from '../time/when.tsx'
import { DossierButton } from './dossier.tsx'
import { PlatformReleases } from './platform-releases.tsx'
import { Proposals } from './proposals.tsx'
import { ProposeDialog } from './propose-dialog.tsx'
import { ScopeChanges } from './scope-changes.tsx'
import { WatchedRules } from './watched-rules.tsx'

const kinds: Readonly<Record<ActivationView['kind'], string>> = {
  start: 'first start',
  folder: 'activated on the machine',
  activate: 'activated',
  rollback: 'rolled back',
}

function who({ proposer, activator }: ActivationView): string {
  const by = activator?.displayName ?? 'the machine’s operator'
  return proposer === null ? by : `${by}, proposed by ${proposer.displayName}`
}

function Rollback({ bundle, onClose }: { bundle: BundleView; onClose: () => void }) {
  const rollback = useChange({
    run: (reason: string) => client.call('rollback', { body: { base: bundle.digest, reason } }),
    touches: ['bundle', 'dossier', 'bundle-history', 'proposals', 'scope-changes', 'assets', 'grants', 'sessions'],
    says: 'The bundle before is in force again.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title="Go back to the bundle before?"
      label="Reason"
      hint="Kept as evidence."
      confirm="Roll back"
      danger
      pending={rollback.isPending}
      problem={rollback.error}
      onConfirm={(reason) => rollback.mutate(reason)}
      onClose={onClose}
    >
      Access that the bundle before does not permit ends at once.
    </ReasonDialog>
  )
}

function InForce({ bundle }: { bundle: BundleView }) {
  const { activation } = bundle
  return (
    <Panel title={`In force: scope ${bundle.scopeVersion}`}>
      <Text size="sm" mb="sm">
        {bundle.statement}
      </Text>
      <Facts
        names="long"
        of={[
          ['Bundle', <code key="digest">{bundle.digest}</code>],
          ['Since', activation !== null && <When key="since" at={activation.at} />],
          ['By', activation !== null && who(activation)],
          ['Waiting', bundle.heldAssets > 0 && `${bundle.heldAssets} assets whose scope change waits for review`],
          ['Folder', bundle.folderDiffers && 'the configured folder holds another bundle, which decides nothing'],
        ]}
      />
    </Panel>
  )
}

function History() {
  const history = useQuery(bundleHistoryQuery)
  return (
    <Panel title="History">
      <Loaded from={history} rows={2}>
        {({ items }) => (
          <Rows columns={['Bundle', 'Scope', 'When', 'How']} actions>
            {items.map((activation) => (
              <Table.Tr key={activation.seq}>
                <Table.Td data-name="Bundle">
                  <code>{activation.bundle.slice(0, 12)}</code>
                </Table.Td>
                <Table.Td data-name="Scope">{activation.scopeVersion}</Table.Td>
                <Table.Td data-name="When">
                  <When at={activation.at} />
                </Table.Td>
                <Table.Td data-name="How">
                  {kinds[activation.kind]} by {who(activation)}
                  {activation.reason !== null && (
                    <Text size="xs" c="dimmed">
                      {activation.reason}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td className="sp-row-action">
                  {activation.proposal !== null && (
                    <DossierButton id={activation.proposal} about={activation.bundle.slice(0, 12)} />
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Rows>
        )}
      </Loaded>
    </Panel>
  )
}

export function RulesPage() {
  const bundle = useQuery(bundleQuery)
  const changes = usePerson().roles.some((role) => role === 'isms-manager' || role === 'admin')
  const [open, setOpen] = useState<'propose' | 'rollback' | null>(null)
  return (
    <Page
      title="Rules"
      lead="What is in scope and who may do what: as it holds now, and as somebody wants to change it."
      actions={
        changes && (
          <Group gap="xs">
            {bundle.data !== undefined && bundle.data.rollsBackTo !== null && (
              <Button
                size="xs"
                variant="default"
                leftSection={<IconArrowBackUp size={14} aria-hidden />}
                onClick={() => setOpen('rollback')}
              >
                Roll back
              </Button>
            )}
            <Button size="xs" leftSection={<IconUpload size={14} aria-hidden />} onClick={() => setOpen('propose')}>
              Propose a bundle
            </Button>
          </Group>
        )
      }
    >
      <Loaded from={bundle} rows={3}>
        {(read) => (
          <>
            <InForce bundle={read} />
            <ScopeChanges />
            <Proposals inForce={read.digest} />
            <WatchedRules />
            <PlatformReleases />
            <History />
            {open === 'rollback' && <Rollback bundle={read} onClose={() => setOpen(null)} />}
          </>
        )}
      </Loaded>
      {open === 'propose' && <ProposeDialog onClose={() => setOpen(null)} />}
    </Page>
  )
}
