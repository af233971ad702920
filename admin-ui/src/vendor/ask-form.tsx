// The fields of the request for access. It draws a draft and its problems and reports every change; it decides nothing.

import { Button, Group, NativeSelect, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import type { AssetView } from '../../../gateway/contract/views.ts'
import { ApiProblem } from '../api/problem.ts'
import { Failure } from '../display/loaded.tsx'
import { Refusal } from '../display/reasons.tsx'
import { operationMeanings } from '../display/words.ts'
import { gatewayNow } from '../time/clock.ts'
import { formatMinutes } from '../time/duration.ts'
import { toLocalField, zoneName } from '../time/plant-time.ts'
import { offeredMinutes, type AskDraft, type AskProblems } from './ask.ts'

interface AskFormProps {
  readonly assets: readonly AssetView[]
  readonly asset: AssetView | null
  readonly draft: AskDraft
  readonly problems: AskProblems
  readonly failure: unknown
  readonly pending: boolean
  readonly onChange: (part: Partial<AskDraft>) => void
  readonly onSubmit: () => void
}

/** The assets for a native list, by plant. */
function choices(assets: readonly AssetView[]) {
  const plants = [...new Set(assets.map((asset) => asset.plantName))]
  return [
    { value: '', label: 'Choose an asset' },
    ...plants.map((plant) => ({
      group: plant,
      items: assets
        .filter((asset) => asset.plantName === plant && asset.protocols.length > 0)
        .map((asset) => ({ value: asset.id, label: `${asset.name} · ${asset.zoneName}` })),
    })),
  ]
}

function Operation({ draft, problems, onChange }: Pick<AskFormProps, 'draft' | 'problems' | 'onChange'>) {
  return (
    <Radio.Group
      label="What you will do"
      value={draft.operationClass}
      error={problems.operationClass}
      onChange={(operationClass) => onChange({ operationClass })}
    >
      <Stack gap={6} mt={6}>
        {(['observe', 'operate', 'engineer'] as const).map((each) => (
          <Radio
            key={each}
            value={each}
            label={each.charAt(0).toUpperCase() + each.slice(1)}
            description={operationMeanings[each]}
          />
        ))}
      </Stack>
    </Radio.Group>
  )
}

function Start({ asset, draft, problems, onChange }: Pick<AskFormProps, 'asset' | 'draft' | 'problems' | 'onChange'>) {
  const zone = asset?.timeZone ?? 'UTC'
  const choose = (start: string) => {
    if (start === 'now') return onChange({ start: 'now' })
    const nextHour = Math.ceil((gatewayNow() + 15 * 60_000) / 3_600_000) * 3_600_000
    return onChange({ start: 'later', startAt: draft.startAt === '' ? toLocalField(zone, nextHour) : draft.startAt })
  }
  return (
    <Stack gap={8}>
      <Radio.Group label="Start" value={draft.start} onChange={choose}>
        <Group gap="lg" mt={6}>
          <Radio value="now" label="Now" />
          <Radio value="later" label="At a set time" disabled={asset === null} />
        </Group>
      </Radio.Group>
      {draft.start === 'later' && asset !== null && (
        <TextInput
          type="datetime-local"
          label={`Start time at the plant (${zoneName(zone, gatewayNow())})`}
          description={`${asset.plantName} keeps ${zone} time.`}
          min={toLocalField(zone, gatewayNow())}
          value={draft.startAt}
          error={problems.startAt}
          onChange={(event) => onChange({ startAt: event.currentTarget.value })}
        />
      )}
    </Stack>
  )
}

function Duration({
  asset,
  draft,
  problems,
  onChange,
}: Pick<AskFormProps, 'asset' | 'draft' | 'problems' | 'onChange'>) {
  return (
    <div>
      <TextInput
        label="Duration"
        description={asset === null ? 'Such as 90 min or 2 h' : `At most ${formatMinutes(asset.maxWindowMinutes)}`}
        autoComplete="off"
        value={draft.duration}
        error={problems.duration}
        onChange={(event) => onChange({ duration: event.currentTarget.value })}
      />
      {asset !== null && (
        <Group gap={6} mt={8} role="group" aria-label="Often asked">
          {offeredMinutes(asset.maxWindowMinutes).map((minutes) => (
            <Button
              key={minutes}
              size="compact-xs"
              variant={draft.duration === formatMinutes(minutes) ? 'filled' : 'default'}
              aria-pressed={draft.duration === formatMinutes(minutes)}
              onClick={() => onChange({ duration: formatMinutes(minutes) })}
            >
              {formatMinutes(minutes)}
            </Button>
          ))}
        </Group>
      )}
    </div>
  )
}

export function AskForm(props: AskFormProps) {
  const { assets, draft, problems, failure, pending, onChange, onSubmit } = props
  const decision = failure instanceof ApiProblem ? failure.decision : null
  return (
    <form
      noValidate
      className="sp-card"
      aria-label="Ask for access"
      onSubmit={(event) => {
        event.preventDefault()
        if (!pending) onSubmit()
      }}
    >
      <Stack gap="lg">
        <NativeSelect
          label="Asset"
          data={choices(assets)}
          value={draft.asset}
          error={problems.asset}
          onChange={(event) => onChange({ asset: event.currentTarget.value })}
        />
        <Operation {...props} />
        <Start {...props} />
        <Duration {...props} />
        <Textarea
          label="Purpose"
          description="What will be done, in words an approver can judge"
          autosize
          minRows={3}
          maxRows={8}
          maxLength={500}
          value={draft.purpose}
          error={problems.purpose}
          onChange={(event) => onChange({ purpose: event.currentTarget.value })}
        />
        <TextInput
          label="Ticket"
          description="Change or ticket reference, if there is one"
          maxLength={120}
          autoComplete="off"
          value={draft.ticket}
          onChange={(event) => onChange({ ticket: event.currentTarget.value })}
        />
        {decision !== null && <Refusal title="Policy refuses this request" decision={decision} />}
        {failure !== null && decision === null && <Failure problem={failure} />}
        {Object.keys(problems).length > 0 && (
          <Text role="alert" size="sm" c="var(--mantine-color-error)">
            Some fields need another look.
          </Text>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={pending} leftSection={<IconKey size={16} aria-hidden />}>
            Ask for access
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
