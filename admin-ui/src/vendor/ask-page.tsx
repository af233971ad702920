// The form that asks for access, with what it means beside it: which asset, on whose clock, and what happens next.

import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import type { RequestBody } from '../../../gateway/contract/bodies.ts'
import type { AssetView } from '../../../gateway/contract/views.ts'
import { client } from '../api/gateway.ts'
import { useChange } from '../api/changes.ts'
import { accessRulesQuery, assetsQuery, machinesQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { criticalityWord, safetyWord, scopeWords } from '../display/words.ts'
import { usePerson } from '../session/person.ts'
import { gatewayNow, useNow } from '../time/clock.ts'
import { formatMinutes } from '../time/duration.ts'
import { WindowTimes } from '../time/when.tsx'
import { composeAsk, emptyDraft, type AskDraft, type AskProblems } from './ask.ts'
import { composeWhen } from './when-asked.ts'
import { AskForm } from './ask-form.tsx'

const route = getRouteApi('/inside/ask')

/** What stands in place of a span that is not known beforehand. */
const spanWords: Readonly<Record<AskDraft['start'], string>> = {
  now: 'Give a duration',
  later: 'Give a start and a duration',
  'from-approval': 'Opens with the approval',
  'from-first-use': 'Opens with the first connection',
  recurring: 'On the days and times given',
}

function Meaning({ draft, asset }: { draft: AskDraft; asset: AssetView | null }) {
  const now = useNow()
  if (asset === null) {
    return (
      <Panel title="What you ask for">
        <Text size="sm" c="dimmed">
          Choose an asset to see where it stands and how long access may last.
        </Text>
      </Panel>
    )
  }
  const { window } = composeWhen(draft, asset, now)
  const safety = safetyWord(asset.safety)
  return (
    <Panel title="What you ask for">
      <Stack gap="sm">
        <div className="sp-badges">
          <Badge of={scopeWords[asset.scope]} />
          {safety !== null && <Badge of={safety} />}
          <Badge of={criticalityWord(asset.criticality)} />
        </div>
        <Facts
          of={[
            ['Asset', `${asset.name} (${asset.type})`],
            ['Where', `${asset.plantName}, ${asset.zoneName} (level ${asset.level})`],
            [
              'Window',
              window === null ? (
                spanWords[draft.start]
              ) : (
                <WindowTimes key="window" window={window} zone={asset.timeZone} />
              ),
            ],
            ['Longest', formatMinutes(asset.maxWindowMinutes)],
            ['Scope', asset.scope === 'in' ? null : asset.scopeReason],
          ]}
        />
        <ul className="sp-list">
          <li>Policy answers at once. If it permits, an approver of the plant decides.</li>
          <li>The session is recorded and ends with the window.</li>
          {draft.others.length > 0 && (
            <li>Each of the {draft.others.length + 1} assets becomes a request of its own, with its own approvals.</li>
          )}
          {draft.start === 'now' && <li>The window runs from now: the time until somebody approves is part of it.</li>}
        </ul>
      </Stack>
    </Panel>
  )
}

function Ask({ assets }: { assets: readonly AssetView[] }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const handling = useQuery(accessRulesQuery).data
  const rules = handling?.tiers ?? []
  const me = usePerson()
  // An approver reads those of others too.
  const machines = (useQuery(machinesQuery).data?.items ?? []).filter(({ owner }) => owner.id === me.id)
  const [draft, setDraft] = useState<AskDraft>({
    ...emptyDraft,
    asset: assets.some((each) => each.id === search.asset) ? (search.asset ?? '') : '',
  })
  const [problems, setProblems] = useState<AskProblems>({})
  const asset = assets.find((each) => each.id === draft.asset) ?? null
  const tier = rules.find((each) => each.tier === draft.tier) ?? null
  const ask = useChange({
    run: (body: RequestBody) => client.call('submit', { body }),
    touches: ['requests', 'assets'],
    says: 'Your request is on its way to the approvers.',
    onDone: ({ requests }) => {
      const [first, second] = requests
      if (first === undefined || second !== undefined) void navigate({ to: '/requests' })
      else void navigate({ to: '/requests/$id', params: { id: first.id } })
    },
  })

  const onSubmit = () => {
    const composed = composeAsk(draft, asset, tier, gatewayNow())
    setProblems(composed.kind === 'ok' ? {} : composed.problems)
    if (composed.kind === 'ok') ask.mutate(composed.body)
  }
  const onChange = (part: Partial<AskDraft>) => {
    setDraft({ ...draft, ...part })
    setProblems({})
    if (ask.isError) ask.reset()
  }

  return (
    <div className="sp-split">
      <AskForm
        assets={assets}
        asset={asset}
        draft={draft}
        problems={problems}
        machines={machines}
        rules={tier}
        standard={draft.tier === 'standard' && handling?.standardOnly === true ? handling.standardChanges : null}
        failure={ask.error}
        pending={ask.isPending}
        onChange={onChange}
        onSubmit={onSubmit}
      />
      <aside>
        <Meaning draft={draft} asset={asset} />
      </aside>
    </div>
  )
}

export function AskPage() {
  const assets = useQuery(assetsQuery)
  return (
    <Page title="Ask for access" lead="Say what you need and why. The plant’s clock counts.">
      <Loaded from={assets}>{(list) => <Ask assets={list.items} />}</Loaded>
    </Page>
  )
}
