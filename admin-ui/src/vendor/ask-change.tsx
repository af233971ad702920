// The fields that say what kind of change it is, how it is undone and which files come with it.

import { Button, Checkbox, CloseButton, FileButton, Group, NativeSelect, Stack, Text, Textarea } from '@mantine/core'
import { IconPaperclip } from '@tabler/icons-react'
import { useState } from 'react'
import type { TierView } from '../../../gateway/contract/views.ts'
import { tierWords } from '../display/words.ts'
import { formatMinutes } from '../time/duration.ts'
import type { AskDraft, AskProblems, DeclaredFile, TierRules } from './ask.ts'
import { declareFiles } from './declared-files.ts'

interface ChangeProps {
  readonly draft: AskDraft
  readonly problems: AskProblems
  readonly rules: TierRules | null
  readonly onChange: (part: Partial<AskDraft>) => void
}

const order: readonly TierView[] = ['normal', 'standard', 'emergency', 'break-glass']
const isTier = (value: string): value is TierView => order.some((tier) => tier === value)

function consequences(rules: TierRules | null): string {
  if (rules === null) return ''
  return [
    rules.maxWindowMinutes === null ? '' : `At most ${formatMinutes(rules.maxWindowMinutes)}.`,
    rules.targetMinutes === null
      ? ''
      : `Answered by who is on duty, meant to take ${formatMinutes(rules.targetMinutes)}.`,
    rules.reviewHours === null ? '' : `Reviewed within ${rules.reviewHours} h afterwards.`,
  ]
    .filter((text) => text !== '')
    .join(' ')
}

/** Kind of change, and what has to be true for it. */
export function Change({ draft, problems, rules, onChange }: ChangeProps) {
  return (
    <Stack gap="sm">
      <NativeSelect
        label="Kind of change"
        description={`${tierWords[draft.tier].meaning} ${consequences(rules)}`}
        data={order.map((tier) => ({ value: tier, label: tierWords[tier].word }))}
        value={draft.tier}
        onChange={({ currentTarget: { value } }) => isTier(value) && onChange({ tier: value, criteria: [] })}
      />
      {rules !== null && rules.criteria.length > 0 && (
        <Checkbox.Group
          label="I confirm that"
          value={[...draft.criteria]}
          error={problems.criteria}
          errorProps={{ mt: 8 }}
          onChange={(criteria) => onChange({ criteria })}
        >
          <Stack gap={6} mt={6}>
            {rules.criteria.map(({ id, text }) => (
              <Checkbox key={id} value={id} label={text} />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
    </Stack>
  )
}

export function Rollback({ draft, problems, rules, onChange }: ChangeProps) {
  return (
    <Textarea
      label="Rollback"
      description={
        rules?.rollback === true ? 'How the change is undone' : 'How the change is undone, if something changes'
      }
      autosize
      minRows={2}
      maxRows={6}
      maxLength={1000}
      value={draft.rollback}
      error={problems.rollback}
      onChange={(event) => onChange({ rollback: event.currentTarget.value })}
    />
  )
}

export function Files({
  files,
  onChange,
}: {
  files: readonly DeclaredFile[]
  onChange: (files: readonly DeclaredFile[]) => void
}) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const add = async (chosen: readonly File[]): Promise<void> => {
    setBusy(true)
    const declared = await declareFiles(chosen)
    setBusy(false)
    setProblem(declared.problem)
    const known = new Set(declared.files.map(({ name }) => name))
    onChange([...files.filter(({ name }) => !known.has(name)), ...declared.files])
  }
  return (
    <div role="group" aria-label="Files to be brought">
      <Group justify="space-between" align="flex-end">
        <div>
          <Text size="sm" fw={600}>
            Files to be brought
          </Text>
          <Text size="xs" c="dimmed">
            Their SHA-256 is computed here; the files stay on this computer.
          </Text>
        </div>
        <FileButton multiple onChange={(chosen) => void add(chosen)}>
          {(props) => (
            <Button
              {...props}
              variant="default"
              size="xs"
              loading={busy}
              leftSection={<IconPaperclip size={14} aria-hidden />}
            >
              Choose files
            </Button>
          )}
        </FileButton>
      </Group>
      {problem !== null && (
        <Text role="alert" size="sm" c="var(--mantine-color-error)" mt={6}>
          {problem}
        </Text>
      )}
      {files.length > 0 && (
        <ul className="sp-files">
          {files.map(({ name, sha256 }) => (
            <li key={name}>
              <span>{name}</span>
              <code title={sha256}>{sha256.slice(0, 16)}…</code>
              <CloseButton
                size="sm"
                aria-label={`Leave out ${name}`}
                onClick={() => onChange(files.filter((each) => each.name !== name))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
