// What a person may see of the plants: each asset with where it stands, how delicate it is, and whether it can be
// reached right now.

import { Button, Group, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconKey, IconSearch, IconServer2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AssetView } from '../../../gateway/contract/views.ts'
import { toSentence } from '../api/problem.ts'
import { assetsQuery } from '../api/queries.ts'
import { Badge, Label } from '../display/badge.tsx'
import { CopyLine } from '../display/copy-line.tsx'
import { Facts } from '../display/facts.tsx'
import { ButtonLink } from '../display/button-link.tsx'
import { Empty, Loaded } from '../display/loaded.tsx'
import { Page } from '../display/page.tsx'
import { ConfirmDialog } from '../inventory/confirm-dialog.tsx'
import { confirmationWord } from '../inventory/confirmation-word.ts'
import { criticalityWord, safetyWord, scopeWords } from '../display/words.ts'

function Labels({ of }: { of: readonly string[] }) {
  return (
    <span className="sp-badges">
      {of.map((each) => (
        <Label key={each}>{each}</Label>
      ))}
    </span>
  )
}

/** Which of its labels it has by the information on it; of which, suppliers are not told. */
const sayInherited = ({ inheritedLabels }: AssetView): string =>
  inheritedLabels
    .map(({ label, from }) => (from.length === 0 ? label : `${label}, from ${from.join(' and ')}`))
    .join('; ')

/** What is out of scope is not this plant's to walk down; where somebody did all the same, it is said. */
const isWalkedDown = ({ scope, confirmation }: AssetView): boolean =>
  confirmation !== null && (scope === 'in' || confirmation.state !== 'never')

/** When somebody last saw it, and a way to say that one has. */
function Walkdown({ asset }: { asset: AssetView }) {
  const [confirming, setConfirming] = useState(false)
  const { confirmation } = asset
  if (confirmation === null) return null
  return (
    <span>
      {confirmation.state === 'fresh' ? (
        toSentence(confirmation.text)
      ) : (
        <Badge of={confirmationWord(confirmation.state)} />
      )}{' '}
      {asset.mayConfirm && asset.scope === 'in' && (
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={`Confirm ${asset.name} after a walkdown`}
          onClick={() => setConfirming(true)}
        >
          Confirm
        </Button>
      )}
      {confirming && (
        <ConfirmDialog assets={[asset]} onDone={() => setConfirming(false)} onClose={() => setConfirming(false)} />
      )}
    </span>
  )
}

function AssetCard({ asset, placed }: { asset: AssetView; placed: boolean }) {
  const safety = safetyWord(asset.safety)
  const open = asset.connect !== null
  return (
    <article className="sp-card sp-asset" data-open={open} aria-label={asset.name}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="sm">
        <div>
          <Title order={3}>{asset.name}</Title>
          <Text size="xs" c="dimmed">
            <code>{asset.id}</code> · {asset.type}
          </Text>
        </div>
        {open && <Badge of={{ word: 'Reachable now', tone: 'good', mark: 'live' }} />}
      </Group>
      <div className="sp-badges">
        <Badge of={scopeWords[asset.scope]} />
        {safety !== null && <Badge of={safety} />}
        <Badge of={criticalityWord(asset.criticality)} />
      </div>
      <Facts
        of={[
          ['Plant', !placed && asset.plantName],
          ['Zone', `${asset.zoneName} (level ${asset.level})`],
          ['Owner', asset.owner],
          ['Baseline', asset.baseline],
          ['Walkdown', isWalkedDown(asset) && <Walkdown key="walkdown" asset={asset} />],
          ['Scope', asset.scope === 'in' ? null : asset.scopeReason],
          ['Labels', asset.labels.length > 0 && <Labels key="labels" of={asset.labels} />],
          ['Labels held', asset.inheritedLabels.length > 0 && sayInherited(asset)],
        ]}
      />
      <div className="sp-asset-foot">
        {asset.connect !== null ? (
          <CopyLine text={asset.connect} label="command" />
        ) : asset.protocols.length === 0 ? (
          <Text size="sm" c="dimmed">
            Not reachable through this gateway: none of its protocols is brokered yet.
          </Text>
        ) : (
          <ButtonLink
            to="/ask"
            search={{ asset: asset.id }}
            variant="default"
            size="xs"
            leftSection={<IconKey size={14} aria-hidden />}
            aria-label={`Ask for access to ${asset.name}`}
          >
            Ask for access
          </ButtonLink>
        )}
      </div>
    </article>
  )
}

const matches = (asset: AssetView, wanted: string): boolean =>
  [asset.name, asset.id, asset.plantName, asset.zoneName, asset.type, ...asset.labels].some((text) =>
    text.toLowerCase().includes(wanted),
  )

interface AssetGroupProps {
  readonly title: string
  readonly assets: readonly AssetView[]
  /** The title names the plant, so that the cards need not. */
  readonly placed: boolean
}

function AssetGroup({ title, assets, placed }: AssetGroupProps) {
  if (assets.length === 0) return null
  return (
    <section aria-label={title}>
      <Title order={2} mb="sm">
        {title} <span className="sp-muted">{assets.length}</span>
      </Title>
      <SimpleGrid cols={placed ? { base: 1, sm: 2, lg: 3 } : { base: 1, md: 2 }} spacing="md">
        {assets.map((asset) => (
          <AssetCard key={asset.id} asset={asset} placed={placed} />
        ))}
      </SimpleGrid>
    </section>
  )
}

function AssetList({ assets }: { assets: readonly AssetView[] }) {
  const [wanted, setWanted] = useState('')
  if (assets.length === 0) {
    return (
      <Empty icon={<IconServer2 size={32} />} title="No assets yet">
        Assets appear here once your company’s contract names them. Ask your contact at the plant.
      </Empty>
    )
  }
  const found = assets.filter((asset) => matches(asset, wanted.trim().toLowerCase()))
  const open = found.filter((asset) => asset.connect !== null)
  const plants = [...new Set(found.map((asset) => asset.plantName))]
  return (
    <Stack gap="lg">
      <TextInput
        aria-label="Find an asset"
        placeholder="Find by name, zone, type or label"
        leftSection={<IconSearch size={16} aria-hidden />}
        maw={380}
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
      />
      <AssetGroup title="Reachable now" assets={open} placed={false} />
      {plants.map((plant) => (
        <AssetGroup
          key={plant}
          title={plant}
          placed
          assets={found
            .filter((asset) => asset.plantName === plant && asset.connect === null)
            .toSorted((a, b) => b.level - a.level || a.name.localeCompare(b.name))}
        />
      ))}
      {found.length === 0 && <Text role="status">No asset matches “{wanted}”.</Text>}
    </Stack>
  )
}

export function AssetsPage() {
  const assets = useQuery(assetsQuery)
  return (
    <Page
      title="Assets"
      lead="What you may ask for, and what you can reach right now."
      actions={
        <ButtonLink to="/ask" leftSection={<IconKey size={16} aria-hidden />}>
          Ask for access
        </ButtonLink>
      }
    >
      <Loaded from={assets}>{(list) => <AssetList assets={list.items} />}</Loaded>
    </Page>
  )
}
