// The fields that say which files cross the session: which way, and where on the asset. Drawn only where rules of the
// plant let any cross.

import { Checkbox, NativeSelect, Stack, Text, Textarea } from '@mantine/core'
import type { AssetView } from '../../../gateway/contract/views.ts'
import { protocolFor, type AskDraft, type AskProblems } from './ask.ts'
import { crossingNotes, mayDelete, offeredPaths, offeredWays, wayWords } from './transfer-asked.ts'

interface TransferProps {
  readonly asset: AssetView | null
  readonly draft: AskDraft
  readonly problems: AskProblems
  readonly onChange: (part: Partial<AskDraft>) => void
}

export function Transfer({ asset, draft, problems, onChange }: TransferProps) {
  // No other way carries files.
  const files = asset !== null && protocolFor(draft, asset) === 'ssh' ? asset.files : null
  const ways = offeredWays(files, draft.operationClass)
  if (ways.length < 2) return null
  const way = ways.includes(draft.transfer) ? draft.transfer : 'none'
  const programs = files?.features.join(', ') ?? ''
  return (
    <Stack gap="sm">
      <NativeSelect
        label="Files across the session"
        description={way === 'none' ? `Possible with ${programs}` : `With ${programs}`}
        data={ways.map((each) => ({ value: each, label: wayWords[each] }))}
        value={way}
        onChange={({ currentTarget: { value } }) => {
          const chosen = ways.find((each) => each === value) ?? 'none'
          onChange({ transfer: chosen, paths: offeredPaths(files, chosen).join('\n'), deletes: false })
        }}
      />
      {way !== 'none' && (
        <>
          <Textarea
            label="Where on the asset"
            description="One path a line; * inside a name, ** for everything below. As narrow as your work allows."
            autosize
            minRows={2}
            maxRows={8}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            value={draft.paths}
            error={problems.paths}
            onChange={(event) => onChange({ paths: event.currentTarget.value })}
          />
          {mayDelete(files, way, draft.operationClass) && (
            <Checkbox
              label="Delete files there, too"
              checked={draft.deletes}
              onChange={(event) => onChange({ deletes: event.currentTarget.checked })}
            />
          )}
          {crossingNotes(files, way).map((note) => (
            <Text key={note} size="sm" c="dimmed">
              {note}
            </Text>
          ))}
        </>
      )}
    </Stack>
  )
}
