// Confirms assets after a walkdown: that somebody stood before them, on which day, and what they saw.

import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState } from 'react'
import type { AssetView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { Failure } from '../display/loaded.tsx'
import { TextLine, TextLines } from '../display/text-fields.tsx'

/** The gateway takes so many at a time. */
const mostAtOnce = 1_000
const named = 5

interface ConfirmDialogProps {
  readonly assets: readonly AssetView[]
  readonly onDone: () => void
  readonly onClose: () => void
}

export function ConfirmDialog({ assets, onDone, onClose }: ConfirmDialogProps) {
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const [day, setDay] = useState('')
  const [note, setNote] = useState('')
  const confirm = useChange({
    run: () => {
      const text = note.trim()
      const items = assets
        .slice(0, mostAtOnce)
        .map(({ id }) => ({ asset: id, ...(day !== '' && { seenOn: day }), ...(text !== '' && { note: text }) }))
      return client.call('confirmAssets', { body: { items } })
    },
    touches: ['assets', 'requests', 'register', 'coverage', 'scope-fit'],
    says: ({ items }) => (items.length === 1 ? 'The asset is confirmed.' : `${items.length} assets are confirmed.`),
    onDone,
  })
  const [first] = assets
  const title = assets.length === 1 ? `Confirm ${first?.name ?? ''}` : `Confirm ${assets.length} assets`
  return (
    <Modal opened onClose={onClose} title={title} fullScreen={phone}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!confirm.isPending) confirm.mutate()
        }}
      >
        <Stack gap="md">
          <Text size="sm" component="div">
            You saw {assets.length === 1 ? 'it' : 'them'} where declared, and as declared:
            <ul className="sp-list">
              {assets.slice(0, named).map(({ id, name, zoneName, type }) => (
                <li key={id}>
                  <b>{name}</b>, {type} in {zoneName}
                </li>
              ))}
              {assets.length > named && <li>and {assets.length - named} more</li>}
            </ul>
          </Text>
          <TextLine
            type="date"
            label="Seen on"
            description="In the plant’s own time; today where left empty"
            value={day}
            data-autofocus
            onChange={setDay}
          />
          <TextLines
            label="Note"
            description="What you saw, if there is something to say; kept as evidence"
            maxRows={5}
            value={note}
            onChange={setNote}
          />
          {confirm.isError && <Failure problem={confirm.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={confirm.isPending}>
              Confirm
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
