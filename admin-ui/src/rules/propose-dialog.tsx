// Proposing a bundle: the folder is read here, compared with what is in force, and sent with a sentence that says why.

import { Button, FileButton, Group, Modal, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconFolderOpen } from '@tabler/icons-react'
import { useState } from 'react'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { Failure } from '../display/loaded.tsx'
import { TextLine, TextLines } from '../display/text-fields.tsx'
import { readFolder, type ReadFolder } from './bundle-files.ts'
import { Comparison } from './comparison.tsx'

/** The attribute that makes a browser take a folder (HTML entries API) is in no type of React's. */
const folderInput = Object.assign({ 'aria-label': 'Bundle folder' }, { webkitdirectory: '' })

export function ProposeDialog({ onClose }: { onClose: () => void }) {
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const [folder, setFolder] = useState<ReadFolder | null>(null)
  const [comment, setComment] = useState('')
  const [change, setChange] = useState('')
  const [rollback, setRollback] = useState('')
  const files = folder?.kind === 'ok' ? { ...folder.files } : null
  const compare = useChange({
    run: (read: Readonly<Record<string, string>>) => client.call('bundleDiff', { body: { files: { ...read } } }),
    touches: [],
  })
  const propose = useChange({
    run: () =>
      client.call('propose', {
        body: {
          files: files ?? {},
          comment: comment.trim(),
          ...(change.trim() === '' ? {} : { change: change.trim() }),
          ...(rollback.trim() === '' ? {} : { rollback: rollback.trim() }),
        },
      }),
    touches: ['proposals', 'bundle'],
    says: 'The bundle is proposed. Another person activates it.',
    onDone: onClose,
  })
  const choose = async (chosen: readonly File[]): Promise<void> => {
    if (chosen.length === 0) return
    const read = await readFolder(chosen)
    setFolder(read)
    compare.reset()
    if (read.kind === 'ok') compare.mutate(read.files)
  }
  return (
    <Modal opened onClose={onClose} title="Propose a bundle" size="xl" fullScreen={phone}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (files !== null && comment.trim() !== '' && !propose.isPending) propose.mutate()
        }}
      >
        <Stack gap="md">
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {files === null
                ? 'The folder with scope.yaml, zones.yaml, policies and the rest.'
                : `${Object.keys(files).length} files read.`}
            </Text>
            <FileButton multiple inputProps={folderInput} onChange={(chosen) => void choose(chosen)}>
              {(props) => (
                <Button {...props} variant="default" size="xs" leftSection={<IconFolderOpen size={14} aria-hidden />}>
                  Choose folder
                </Button>
              )}
            </FileButton>
          </Group>
          {folder?.kind === 'problem' && (
            <Text role="alert" size="sm" c="var(--mantine-color-error)">
              {folder.text}
            </Text>
          )}
          {compare.isPending && <Text size="sm">Comparing with what is in force…</Text>}
          {compare.isError && <Failure problem={compare.error} />}
          {compare.data !== undefined && <Comparison comparison={compare.data} />}
          <TextLines
            label="What changes and why"
            description="Read by who activates it, and kept as evidence"
            required
            value={comment}
            onChange={setComment}
          />
          <TextLine
            label="Change"
            description="Its number in your change control; part of the release dossier"
            maxLength={500}
            value={change}
            onChange={setChange}
          />
          <TextLine
            label="Way back"
            description="How to go back, and how long that takes; part of the release dossier"
            maxLength={500}
            value={rollback}
            onChange={setRollback}
          />
          {propose.isError && <Failure problem={propose.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={propose.isPending}
              disabled={compare.data === undefined || comment.trim() === ''}
            >
              Propose
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
