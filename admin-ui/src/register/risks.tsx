// The risks of the register, the graver first: what could happen to people and to production, what is done about it, and
// what is borne as it is, until when.

import { Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import type { RiskView } from '../../../gateway/contract/views.ts'
import { risksQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Loaded } from '../display/loaded.tsx'
import type { Word } from '../display/words.ts'
import { Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'

const harms: Readonly<Record<RiskView['safety'], Word>> = {
  none: { word: 'Nobody', tone: 'plain', mark: 'minus' },
  'minor-injury': { word: 'Minor injury', tone: 'warn', mark: 'question' },
  'serious-injury': { word: 'Serious injury', tone: 'bad', mark: 'cross' },
  death: { word: 'Death', tone: 'bad', mark: 'cross' },
  'several-deaths': { word: 'Several deaths', tone: 'bad', mark: 'cross' },
}

const levels: Readonly<Record<NonNullable<RiskView['level']>, string>> = {
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  'very-high': 'Very high',
}

/** How a risk stands: borne ones say more than treated ones. */
function stateWord({ state, acceptance }: RiskView): Word {
  if (acceptance?.state === 'expired') return { word: 'No longer accepted', tone: 'bad', mark: 'cross' }
  if (acceptance?.state === 'expiring') return { word: 'Accepted, ends soon', tone: 'warn', mark: 'clock' }
  switch (state) {
    case 'accepted':
      return { word: 'Accepted', tone: 'info', mark: 'check' }
    case 'treated':
      return { word: 'Treated', tone: 'good', mark: 'check' }
    case 'open':
      return { word: 'Open', tone: 'warn', mark: 'question' }
  }
}

function touchesText({ assets, plant, line }: RiskView): string {
  if (assets.length > 0) return assets.map(({ name }) => name).join(', ')
  if (plant === null) return 'everything'
  return line === null ? plant.name : `${line} of ${plant.name}`
}

function Impact({ risk: { impact, level, scale } }: { risk: RiskView }) {
  if (level === null) return <span className="sp-muted">not rated</span>
  return (
    <>
      <b>{levels[level]}</b>
      {impact !== null && (
        <Text size="xs" c="dimmed">
          {impact.hours} h, {impact.cost.toLocaleString('en-GB')} {impact.currency}
          {scale !== null && <>, scale {scale}</>}
        </Text>
      )}
    </>
  )
}

function Acceptance({ risk: { acceptance, committee } }: { risk: RiskView }) {
  if (acceptance === null) return committee ? <Text size="xs">accepting it takes the committee</Text> : null
  const { by, until, reason, decision } = acceptance
  return (
    <Text size="xs" c="dimmed">
      by {by} until {until}
      {decision !== null && <>, decision {decision}</>}: {reason}
    </Text>
  )
}

function RiskRow({ risk }: { risk: RiskView }) {
  return (
    <Table.Tr>
      <Table.Td data-name="Risk">
        <b>{risk.title}</b>
        <Text size="xs" c="dimmed">
          <code>{risk.id}</code>, touches {touchesText(risk)}
        </Text>
      </Table.Td>
      <Table.Td data-name="People">
        <Badge of={harms[risk.safety]} />
        {risk.sil !== null && (
          <Text size="xs" c="dimmed">
            SIL {risk.sil}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-name="Production">
        <Impact risk={risk} />
      </Table.Td>
      <Table.Td data-name="State">
        <Badge of={stateWord(risk)} />
        <Acceptance risk={risk} />
      </Table.Td>
      <Table.Td data-name="Controls">
        {risk.controls.length === 0 && <span className="sp-muted">none</span>}
        {risk.controls.map(({ id, title }) => (
          <Fragment key={id}>
            <span className="sp-whole" title={title}>
              {id}
            </span>{' '}
          </Fragment>
        ))}
        {risk.exceptions.length > 0 && (
          <Text size="xs" c="dimmed">
            exceptions {risk.exceptions.join(', ')}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-name="Owner">{risk.owner}</Table.Td>
    </Table.Tr>
  )
}

export function Risks() {
  const risks = useQuery(risksQuery)
  if (risks.data?.items.length === 0) return null
  return (
    <Panel title="Risks">
      <Loaded from={risks} rows={3}>
        {({ items, committeeAbove }) => (
          <>
            <Text size="sm" c="dimmed" mb="sm">
              What could harm people comes first, then the level on the plant’s own scale.
              {committeeAbove !== null &&
                ` Accepting what is above ${levels[committeeAbove].toLowerCase()}, or could harm people, takes a decision of the committee.`}
            </Text>
            <Rows columns={['Risk', 'People', 'Production', 'State', 'Controls', 'Owner']}>
              {items.map((risk) => (
                <RiskRow key={risk.id} risk={risk} />
              ))}
            </Rows>
          </>
        )}
      </Loaded>
    </Panel>
  )
}
