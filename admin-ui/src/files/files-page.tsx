// Files that were taken in before they cross: those that wait for one's word first, then those that wait for others, then
// the rest, newest first.

import { Stack, Title } from '@mantine/core'
import { IconFileCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { FileView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { filesQuery } from '../api/queries.ts'
import { Empty, Loaded } from '../display/loaded.tsx'
import { Page } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { visible } from '../display/visible.ts'
import { FileCard } from './file-card.tsx'

interface Deciding {
  readonly file: FileView
  readonly verdict: 'release' | 'refuse'
}

const nameOf = ({ path }: FileView): string => visible(path.split('/').at(-1) ?? path)

function DecideDialog({ deciding: { file, verdict }, onClose }: { deciding: Deciding; onClose: () => void }) {
  const isRelease = verdict === 'release'
  const decide = useChange({
    run: (reason: string) =>
      client.call(isRelease ? 'releaseFile' : 'refuseFile', { params: { id: file.id }, body: { reason } }),
    touches: ['files', 'evidence'],
    says: isRelease ? 'Let go.' : 'Refused.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title={isRelease ? `Let go of ${nameOf(file)}` : `Refuse ${nameOf(file)}`}
      label="Reason"
      hint="Who carries it reads it, and it is kept as evidence."
      confirm={isRelease ? 'Let go' : 'Refuse'}
      danger={!isRelease}
      pending={decide.isPending}
      problem={decide.error}
      onConfirm={(reason) => decide.mutate(reason)}
      onClose={onClose}
    />
  )
}

export function FilesPage() {
  const files = useQuery(filesQuery)
  const [deciding, setDeciding] = useState<Deciding | null>(null)
  return (
    <Page
      title="Files"
      lead="What is brought to an asset or fetched from it is taken in first, where the rules say so: looked at, and let go by the rules or by a person of the plant."
    >
      <Loaded from={files}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconFileCheck size={32} />} title="No file">
              Files that are taken in before they cross stand here, with what was found in them.
            </Empty>
          ) : (
            <Stack gap="lg">
              {groupsOf(items).map(([title, group]) => (
                <section key={title} aria-label={title}>
                  <Stack gap="sm">
                    <Title order={2} size="h4">
                      {title}
                    </Title>
                    <ul className="sp-rows">
                      {group.map((file) => (
                        <FileCard
                          key={file.id}
                          file={file}
                          onRelease={() => setDeciding({ file, verdict: 'release' })}
                          onRefuse={() => setDeciding({ file, verdict: 'refuse' })}
                        />
                      ))}
                    </ul>
                  </Stack>
                </section>
              ))}
            </Stack>
          )
        }
      </Loaded>
      {deciding !== null && <DecideDialog deciding={deciding} onClose={() => setDeciding(null)} />}
    </Page>
  )
}

/** Headings with what stands under them; none is empty. */
function groupsOf(items: readonly FileView[]): readonly (readonly [string, readonly FileView[]])[] {
  const groups = [
    ['Yours to decide', items.filter(({ mayDecide }) => mayDecide)],
    ['Waiting for others', items.filter(({ state, mayDecide }) => state === 'waiting' && !mayDecide)],
    ['All others', items.filter(({ state }) => state !== 'waiting')],
  ] as const
  return groups.filter(([, group]) => group.length > 0)
}
