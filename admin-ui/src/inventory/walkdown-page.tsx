// The walkdown: which assets somebody has to go and look at, the most pressing first, and saying that one did.

import { Button, Checkbox, Group, SegmentedControl, Table, Text, TextInput } from '@mantine/core'
import { IconListSearch, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AssetView } from '../../../gateway/contract/views.ts'
import { toSentence } from '../api/problem.ts'
import { assetsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Empty, Loaded } from '../display/loaded.tsx'
import { Page } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { byNeed, confirmationWord, isToConfirm } from './confirmation-word.ts'
import { SeenAddresses } from './seen-addresses.tsx'

/** A person reads no more at a time; the search finds the rest. */
const mostShown = 200

const matches = (asset: AssetView, wanted: string): boolean =>
  [asset.name, asset.id, asset.plantName, asset.zoneName, asset.type, asset.owner].some((text) =>
    text.toLowerCase().includes(wanted),
  )

interface RowProps {
  readonly asset: AssetView
  readonly chosen: boolean
  readonly onChoose: (chosen: boolean) => void
}

function Row({ asset, chosen, onChoose }: RowProps) {
  const { confirmation } = asset
  return (
    <Table.Tr>
      <Table.Td data-name="Asset">
        <Group gap="sm" wrap="nowrap" align="flex-start">
          {asset.mayConfirm && (
            <Checkbox
              mt={2}
              checked={chosen}
              aria-label={`Choose ${asset.name}`}
              onChange={(event) => onChoose(event.currentTarget.checked)}
            />
          )}
          <div>
            <b>{asset.name}</b>
            <Text size="xs" c="dimmed">
              <code>{asset.id}</code> · {asset.type}
            </Text>
          </div>
        </Group>
      </Table.Td>
      <Table.Td data-name="Where">
        {asset.zoneName}
        <Text size="xs" c="dimmed">
          {asset.plantName}
        </Text>
      </Table.Td>
      <Table.Td data-name="Owner">{asset.owner}</Table.Td>
      <Table.Td data-name="Walkdown">
        {asset.scope !== 'in' && confirmation?.state !== 'fresh' ? (
          <span className="sp-muted">{asset.scope === 'out' ? 'out of scope' : 'scope undetermined'}</span>
        ) : (
          confirmation !== null && (
            <>
              <Badge of={confirmationWord(confirmation.state)} />
              {confirmation.seenOn !== null && (
                <Text size="xs" c="dimmed" mt={2}>
                  {toSentence(confirmation.text)}
                </Text>
              )}
            </>
          )
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function Walkdown({ assets }: { assets: readonly AssetView[] }) {
  const [which, setWhich] = useState('due')
  const [wanted, setWanted] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [confirming, setConfirming] = useState(false)
  const due = assets.filter(isToConfirm)
  const found = byNeed(which === 'due' ? due : assets).filter((asset) => matches(asset, wanted.trim().toLowerCase()))
  const shown = found.slice(0, mostShown)
  const choosable = shown.filter(({ mayConfirm }) => mayConfirm)
  const picked = byNeed(assets).filter(({ id, mayConfirm }) => mayConfirm && chosen.has(id))
  const allChosen = choosable.length > 0 && choosable.every(({ id }) => chosen.has(id))
  const choose = (ids: readonly string[], on: boolean): void => {
    const next = new Set(chosen)
    for (const id of ids) {
      if (on) next.add(id)
      else next.delete(id)
    }
    setChosen(next)
  }
  return (
    <section className="sp-card" aria-label="Assets to confirm">
      <Group justify="space-between" gap="sm" mb="sm">
        <Group gap="sm">
          <SegmentedControl
            size="xs"
            aria-label="Which assets"
            data={[
              { value: 'due', label: `To confirm ${due.length}` },
              { value: 'all', label: `All ${assets.length}` },
            ]}
            value={which}
            onChange={setWhich}
          />
          <TextInput
            size="xs"
            aria-label="Find an asset"
            placeholder="Find by name, zone, type or owner"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
          />
        </Group>
        <Group gap="sm">
          {choosable.length > 0 && (
            <Checkbox
              size="xs"
              label={`Choose all ${choosable.length} shown`}
              checked={allChosen}
              onChange={(event) =>
                choose(
                  choosable.map(({ id }) => id),
                  event.currentTarget.checked,
                )
              }
            />
          )}
          <Button size="xs" disabled={picked.length === 0} onClick={() => setConfirming(true)}>
            {picked.length === 0 ? 'Confirm' : `Confirm ${picked.length}`}
          </Button>
        </Group>
      </Group>
      {shown.length === 0 ? (
        <Empty icon={<IconListSearch size={32} />} title={wanted === '' ? 'Nothing to confirm' : 'No asset matches'}>
          {wanted === '' ? 'Every asset in scope was seen not too long ago.' : 'Try another word.'}
        </Empty>
      ) : (
        <Rows columns={['Asset', 'Where', 'Owner', 'Walkdown']}>
          {shown.map((asset) => (
            <Row key={asset.id} asset={asset} chosen={chosen.has(asset.id)} onChoose={(on) => choose([asset.id], on)} />
          ))}
        </Rows>
      )}
      {found.length > shown.length && (
        <Text size="sm" c="dimmed" ta="center" mt="sm">
          The first {shown.length} of {found.length}: find the others by name or zone.
        </Text>
      )}
      {confirming && (
        <ConfirmDialog
          assets={picked}
          onClose={() => setConfirming(false)}
          onDone={() => {
            setConfirming(false)
            setChosen(new Set())
          }}
        />
      )}
    </section>
  )
}

export function WalkdownPage() {
  const assets = useQuery(assetsQuery)
  return (
    <Page
      title="Walkdown"
      lead="What somebody has to go and see: an asset stands where it is declared, and is what it is declared to be."
    >
      <SeenAddresses />
      <Loaded from={assets} rows={6}>
        {({ items }) => <Walkdown assets={items} />}
      </Loaded>
    </Page>
  )
}
