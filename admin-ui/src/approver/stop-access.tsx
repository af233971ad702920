// Taking access away by more than one session: everything of a person, a supplier, an asset, a zone, a plant, or all of
// it; once, or until another person lifts it.

import { Button, Checkbox, Group, Modal, NativeSelect, SegmentedControl, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconHandStop } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { RevocationBody } from '../../../gateway/contract/standing-bodies.ts'
import type { AssetView } from '../../../gateway/contract/views.ts'
import type { SupplierView } from '../../../gateway/contract/standing-views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { assetsQuery, openGrantsQuery, suppliersQuery } from '../api/queries.ts'
import { Failure } from '../display/loaded.tsx'
import { TextLines } from '../display/text-fields.tsx'

type Kind = Exclude<RevocationBody['target']['kind'], 'session' | 'grant'>

const kinds: readonly { readonly value: Kind; readonly label: string }[] = [
  { value: 'supplier', label: 'A supplier' },
  { value: 'person', label: 'A person' },
  { value: 'asset', label: 'An asset' },
  { value: 'zone', label: 'A zone' },
  { value: 'plant', label: 'A plant' },
  { value: 'all', label: 'Everything' },
]
const isKind = (value: string): value is Kind => kinds.some((kind) => kind.value === value)

interface Known {
  readonly assets: readonly AssetView[]
  readonly suppliers: readonly SupplierView[]
  readonly people: readonly { readonly value: string; readonly label: string }[]
}

const distinct = (all: readonly { readonly value: string; readonly label: string }[]) => [
  ...new Map(all.map((each) => [each.value, each])).values(),
]

function targetsOf(kind: Kind, { assets, suppliers, people }: Known) {
  switch (kind) {
    case 'supplier':
      return suppliers.map(({ id, name }) => ({ value: id, label: name }))
    case 'person':
      return people
    case 'asset':
      return assets.map(({ id, name }) => ({ value: id, label: `${name} (${id})` }))
    case 'zone':
      return distinct(assets.map(({ zone, zoneName }) => ({ value: zone, label: zoneName })))
    case 'plant':
      return distinct(assets.map(({ plant, plantName }) => ({ value: plant, label: plantName })))
    case 'all':
      return []
  }
}

function count(of: number, one: string, many: string): string {
  return `${of} ${of === 1 ? one : many}`
}

export function StopAccess({ onClose }: { onClose: () => void }) {
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const assets = useQuery(assetsQuery).data?.items ?? []
  const suppliers = useQuery(suppliersQuery).data?.items ?? []
  const grants = useQuery(openGrantsQuery('')).data?.items ?? []
  const [kind, setKind] = useState<Kind>('supplier')
  const [id, setId] = useState('')
  const [lasting, setLasting] = useState('suspend')
  const [insist, setInsist] = useState(false)
  const [reason, setReason] = useState('')
  const people = distinct(grants.map(({ person }) => ({ value: person.id, label: person.displayName })))
  const stop = useChange({
    run: async () => {
      const target = { kind, id: kind === 'all' ? '' : id }
      if (lasting === 'suspend') return client.call('suspend', { body: { target, reason: reason.trim() } })
      return client.call('revokeAccess', {
        body: { target, reason: reason.trim(), ...(insist ? { insist: true } : {}) },
      })
    },
    touches: ['grants', 'sessions', 'suspensions', 'requests', 'suppliers'],
    says: ({ ended }) =>
      `Ended: ${count(ended.sessions.length, 'session', 'sessions')}, ${count(ended.grants.length, 'grant', 'grants')}.`,
    onDone: onClose,
  })
  const ready = reason.trim() !== '' && (kind === 'all' || id !== '')
  return (
    <Modal opened onClose={onClose} title="Stop access" fullScreen={phone}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !stop.isPending) stop.mutate()
        }}
      >
        <Stack gap="md">
          <NativeSelect
            label="Of what"
            data={kinds.map((each) => ({ ...each }))}
            value={kind}
            onChange={({ currentTarget: { value } }) => {
              if (!isKind(value)) return
              setKind(value)
              setId('')
            }}
          />
          {kind !== 'all' && (
            <NativeSelect
              label="Which"
              data={[{ value: '', label: 'Choose' }, ...targetsOf(kind, { assets, suppliers, people })]}
              value={id}
              onChange={(event) => setId(event.currentTarget.value)}
            />
          )}
          <div>
            <SegmentedControl
              fullWidth
              aria-label="For how long"
              data={[
                { value: 'suspend', label: 'Until it is lifted' },
                { value: 'once', label: 'Once' },
              ]}
              value={lasting}
              onChange={setLasting}
            />
            <Text size="sm" c="dimmed" mt={6}>
              {lasting === 'suspend'
                ? 'Open access ends now and nothing new begins until another person lifts it.'
                : 'Open access ends now; it may be asked for again.'}
            </Text>
          </div>
          {lasting === 'once' && (
            <Checkbox
              label="Also where an asset asks for a safe state first"
              checked={insist}
              onChange={(event) => setInsist(event.currentTarget.checked)}
            />
          )}
          <TextLines
            label="Reason"
            description="Shown to the people it stops, and kept as evidence"
            required
            value={reason}
            onChange={setReason}
          />
          {stop.isError && <Failure problem={stop.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              color="danger"
              loading={stop.isPending}
              disabled={!ready}
              leftSection={<IconHandStop size={16} aria-hidden />}
            >
              Stop access
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
