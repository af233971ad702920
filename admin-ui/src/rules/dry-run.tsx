// Holds a proposal against the recorded decisions of the last days. The figures are kept for its dossier.

import { Button, Group, NumberInput, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { DryRunView } from '../../../gateway/contract/bundle-views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { toSentence } from '../api/problem.ts'
import { Failure } from '../display/loaded.tsx'
import { reportOf } from './dry-run-answer.ts'

function Turned({ title, of }: { title: string; of: DryRunView['nowDenied'] }) {
  if (of.count === 0) return null
  return (
    <>
      <Text size="sm" fw={600}>
        {title}: {of.count}
      </Text>
      <ul className="sp-list">
        {of.groups.map(({ action, asset, count, texts, rules }) => (
          <li key={`${action} ${asset} ${rules.join(' ')}`}>
            {action} on {asset}, {count === 1 ? 'once' : `${count} times`}: {toSentence(texts.join('; '))}
          </li>
        ))}
      </ul>
    </>
  )
}

function Report({ of }: { of: DryRunView }) {
  const left = of.decisions - of.rebuilt
  return (
    <div role="status">
      <Text size="sm">
        {of.rebuilt} of {of.decisions} recorded decisions asked again: {of.nowDenied.count} now denied,{' '}
        {of.nowPermitted.count} now permitted, {of.otherRules} the same by other rules.
      </Text>
      <Turned title="Permitted then, denied now" of={of.nowDenied} />
      <Turned title="Denied then, permitted now" of={of.nowPermitted} />
      {left > 0 && (
        <Text size="sm" c="dimmed">
          Not asked again: {of.notRebuilt.map(({ count, reason }) => `${count}, ${reason}`).join('; ')}.
        </Text>
      )}
    </div>
  )
}

export function DryRun({ proposal, about }: { proposal: string; about: string }) {
  const [days, setDays] = useState<number | string>(7)
  const isDays = typeof days === 'number' && Number.isInteger(days) && days >= 1 && days <= 400
  const run = useChange({
    run: async (back: number) =>
      reportOf(await (await client.send('bundleDryRun', { body: { proposal, days: back } })).text()),
    touches: ['dossier'],
  })
  return (
    <section className="sp-paragraph" aria-label={`Dry run of ${about}`}>
      <Title order={3}>Dry run</Title>
      <Group gap="sm" align="flex-end">
        <NumberInput
          label="Days back"
          min={1}
          max={400}
          w={110}
          size="xs"
          allowDecimal={false}
          value={days}
          onChange={setDays}
        />
        <Button
          size="xs"
          variant="default"
          loading={run.isPending}
          disabled={!isDays}
          onClick={() => isDays && run.mutate(days)}
        >
          Ask the decisions again
        </Button>
      </Group>
      {run.isError && <Failure problem={run.error} />}
      {run.data !== undefined && <Report of={run.data} />}
    </section>
  )
}
