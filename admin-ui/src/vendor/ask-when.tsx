// The fields that say when access is wanted: now, at a set time, counted from the approval or from the first connection,
// or on days that come round. They draw a draft and its problems and report every change.

import { Button, Checkbox, Group, Radio, SimpleGrid, Stack, TextInput } from '@mantine/core'
import type { AssetView, WeekdayView } from '../../../gateway/contract/views.ts'
import { gatewayNow } from '../time/clock.ts'
import { formatMinutes } from '../time/duration.ts'
import { toLocalField, zoneName } from '../time/plant-time.ts'
import { offeredMinutes, type AskDraft, type AskProblems } from './ask.ts'
import { starts, type Start } from './when-asked.ts'

interface WhenProps {
  readonly asset: AssetView | null
  readonly draft: AskDraft
  readonly problems: AskProblems
  readonly onChange: (part: Partial<AskDraft>) => void
}

const startWords: Readonly<Record<Start, { readonly label: string; readonly description: string }>> = {
  now: { label: 'Now', description: 'The wait for an approval is part of the time' },
  later: { label: 'At a set time', description: 'On the plant’s clock' },
  'from-approval': { label: 'When it is approved', description: 'The time starts with the last approval' },
  'from-first-use': { label: 'When I first connect', description: 'The time starts with the first session' },
  recurring: { label: 'On several days', description: 'Such as work days from 09:00 to 18:00' },
}
const isStart = (value: string): value is Start => starts.some((each) => each === value)

const dayNames: readonly (readonly [WeekdayView, string])[] = [
  ['mon', 'Mon'],
  ['tue', 'Tue'],
  ['wed', 'Wed'],
  ['thu', 'Thu'],
  ['fri', 'Fri'],
  ['sat', 'Sat'],
  ['sun', 'Sun'],
]

const dayMs = 86_400_000

/** What a choice needs to be filled in with, once, so that it can be used as it stands. */
function firstValues(start: Start, draft: AskDraft, zone: string): Partial<AskDraft> {
  const now = gatewayNow()
  if (start === 'later' && draft.startAt === '') {
    return { startAt: toLocalField(zone, Math.ceil((now + 15 * 60_000) / 3_600_000) * 3_600_000) }
  }
  if (start === 'recurring' && draft.firstDay === '') {
    return {
      firstDay: toLocalField(zone, now).slice(0, 10),
      lastDay: toLocalField(zone, now + 13 * dayMs).slice(0, 10),
    }
  }
  return {}
}

function Duration({ asset, draft, problems, onChange }: WhenProps) {
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

function ComingRound({ asset, draft, problems, onChange }: WhenProps) {
  const clock = zoneName(asset?.timeZone ?? 'UTC', gatewayNow())
  return (
    <Stack gap="sm">
      <Checkbox.Group
        label="Days of the week"
        value={[...draft.days]}
        error={problems.days}
        onChange={(chosen) => onChange({ days: dayNames.map(([day]) => day).filter((day) => chosen.includes(day)) })}
      >
        <Group gap="md" mt={6}>
          {dayNames.map(([day, name]) => (
            <Checkbox key={day} value={day} label={name} />
          ))}
        </Group>
      </Checkbox.Group>
      <SimpleGrid cols={2} spacing="sm">
        <TextInput
          type="time"
          label={`From (${clock})`}
          value={draft.dayFrom}
          error={problems.dayFrom}
          onChange={(event) => onChange({ dayFrom: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          label={`Until (${clock})`}
          value={draft.dayUntil}
          onChange={(event) => onChange({ dayUntil: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label="First day"
          value={draft.firstDay}
          error={problems.firstDay}
          onChange={(event) => onChange({ firstDay: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label="Last day"
          value={draft.lastDay}
          onChange={(event) => onChange({ lastDay: event.currentTarget.value })}
        />
      </SimpleGrid>
    </Stack>
  )
}

export function When(props: WhenProps) {
  const { asset, draft, problems, onChange } = props
  const zone = asset?.timeZone ?? 'UTC'
  return (
    <Stack gap="md">
      <Radio.Group
        label="Start"
        value={draft.start}
        onChange={(start) => isStart(start) && onChange({ start, ...firstValues(start, draft, zone) })}
      >
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing={8} mt={6}>
          {starts.map((start) => (
            <Radio
              key={start}
              value={start}
              {...startWords[start]}
              disabled={asset === null && (start === 'later' || start === 'recurring')}
            />
          ))}
        </SimpleGrid>
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
      {draft.start === 'recurring' ? <ComingRound {...props} /> : <Duration {...props} />}
      {draft.start === 'from-first-use' && (
        <TextInput
          label="First connection within"
          description="Access that nobody has used by then is over"
          autoComplete="off"
          value={draft.within}
          error={problems.within}
          onChange={(event) => onChange({ within: event.currentTarget.value })}
        />
      )}
    </Stack>
  )
}
