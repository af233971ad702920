// The rules that hold from a day on, and how often each would have struck: who is surprised on that day should be nobody.

import { Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { WatchedRuleRow } from '../../../gateway/contract/views.ts'
import { watchedRulesQuery } from '../api/queries.ts'
import { toSentence } from '../api/problem.ts'
import { Badge } from '../display/badge.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'
import { When } from '../time/when.tsx'

function stateWord({ plants }: WatchedRuleRow): Word {
  if (plants.every(({ holds }) => holds)) return { word: 'Holds', tone: 'good', mark: 'check' }
  if (plants.some(({ holds }) => holds)) return { word: 'Holds in part', tone: 'info', mark: 'clock' }
  return { word: 'Watched', tone: 'info', mark: 'clock' }
}

function Struck({ rule: { struck, ofPermits, people, assets } }: { rule: WatchedRuleRow }) {
  if (struck === 0) return <span className="sp-muted">never</span>
  return (
    <>
      <b>{struck}×</b>, {ofPermits} of them permitted
      <Text size="xs" c="dimmed">
        {people} {people === 1 ? 'person' : 'people'}, {assets} {assets === 1 ? 'asset' : 'assets'}
      </Text>
    </>
  )
}

function RuleRow({ rule }: { rule: WatchedRuleRow }) {
  return (
    <Table.Tr>
      <Table.Td data-name="Rule">
        <b>{toSentence(rule.text)}</b>
        <Text size="xs" c="dimmed">
          <code>{rule.rule}</code>, {rule.effect === 'forbid' ? 'refuses' : 'obliges'}
        </Text>
      </Table.Td>
      <Table.Td data-name="State">
        <Badge of={stateWord(rule)} />
      </Table.Td>
      <Table.Td data-name="Holds from" className="sp-whole">
        {rule.enforceFrom}
      </Table.Td>
      <Table.Td data-name="Would have struck">
        <Struck rule={rule} />
      </Table.Td>
      <Table.Td data-name="Latest">
        {rule.latest === null ? (
          <span className="sp-muted">none</span>
        ) : (
          <>
            <When at={rule.latest.at} />
            <Text size="xs" c="dimmed">
              {rule.latest.person.displayName}, {rule.latest.action} {rule.latest.asset}
            </Text>
          </>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

export function WatchedRules() {
  const watched = useQuery(watchedRulesQuery)
  if (watched.data?.rules.length === 0) return null
  return (
    <Panel title="Watched rules">
      <Loaded from={watched} rows={1}>
        {({ rules, decisions }) => (
          <>
            <Text size="sm" c="dimmed" mb="sm">
              Until its day a rule refuses and obliges nobody; every decision says what it would have done. Counted over
              the {decisions.toLocaleString('en-GB')} decisions of the last 30 days.
            </Text>
            <Rows columns={['Rule', 'State', 'Holds from', 'Would have struck', 'Latest']}>
              {rules.map((rule) => (
                <RuleRow key={rule.rule} rule={rule} />
              ))}
            </Rows>
          </>
        )}
      </Loaded>
    </Panel>
  )
}
