// Everybody with an account: what each may do and where that comes from, and what a rule of separation says of it. Read
// only: accounts change on the gateway's own machine, by feeds, and by reviews.

import { SegmentedControl, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AccountsView, AccountView, BreachView } from '../../../gateway/contract/views.ts'
import { peopleQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'
import { When } from '../time/when.tsx'

export const accountWords: Readonly<Record<AccountView['state'], Word>> = {
  open: { word: 'Open', tone: 'good', mark: 'check' },
  prepared: { word: 'Has to enrol', tone: 'warn', mark: 'clock' },
  disabled: { word: 'Disabled', tone: 'plain', mark: 'cross' },
}

const heldIn = ({ roles, duties }: Pick<BreachView, 'roles' | 'duties'>): string =>
  [...roles, ...duties.map((duty) => `duty ${duty}`)].join(' and ')

function Breach({ of }: { of: BreachView }) {
  return (
    <div>
      <Badge
        of={
          of.isEnforced
            ? { word: 'Roles withheld', tone: 'bad', mark: 'alert' }
            : { word: 'To be mended', tone: 'warn', mark: 'alert' }
        }
      />
      <Text size="xs">
        {heldIn(of)}: kept apart by {of.rule}
      </Text>
      <Text size="xs" c="dimmed">
        {of.isEnforced ? (
          of.withheld.length === 0 ? (
            'its duties are of no use'
          ) : (
            `of no use: ${of.withheld.join(', ')}`
          )
        ) : (
          <>
            nothing is withheld before <When at={of.from} />
          </>
        )}
      </Text>
    </div>
  )
}

function AccountRow({ of }: { of: AccountView }) {
  const { person } = of
  return (
    <Table.Tr>
      <Table.Td data-name="Person">
        <b>{person.displayName}</b>
        <Text size="xs" c="dimmed">
          {person.login}, {person.supplierName ?? 'plant'}
        </Text>
      </Table.Td>
      <Table.Td data-name="State">
        <Badge of={accountWords[of.state]} />
      </Table.Td>
      <Table.Td data-name="Roles">
        {of.roles.length === 0 && <span className="sp-muted sp-small">none</span>}
        {of.roles.map(({ role, feed, mapping }) => (
          <div key={role}>
            {role}{' '}
            <span className="sp-muted sp-small">{feed === null ? 'by hand' : `by ${feed}: ${mapping ?? ''}`}</span>
          </div>
        ))}
      </Table.Td>
      <Table.Td data-name="Plants">{of.plants.join(', ') || <span className="sp-muted sp-small">none</span>}</Table.Td>
      <Table.Td data-name="Separation">
        {of.breaches.length === 0 ? (
          <span className="sp-muted sp-small">nothing against a rule</span>
        ) : (
          of.breaches.map((breach) => <Breach key={breach.rule} of={breach} />)
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function RulesPanel({ rules }: { rules: AccountsView['rules'] }) {
  return (
    <Panel title="Kept apart">
      {rules.length === 0 ? (
        <Text size="sm" c="dimmed">
          The rules in force keep no roles apart. They are declared as <code>separation</code> in access.yaml.
        </Text>
      ) : (
        <Rows columns={['Rule', 'Nobody holds two of', 'Enforced from']}>
          {rules.map((rule) => (
            <Table.Tr key={rule.id}>
              <Table.Td data-name="Rule">
                <b>{rule.id}</b>
                <Text size="xs" c="dimmed">
                  {rule.text}
                </Text>
              </Table.Td>
              <Table.Td data-name="Nobody holds two of">
                {[...rule.roles, ...rule.duties.map((duty) => `duty ${duty}`)].join(', ')}
              </Table.Td>
              <Table.Td data-name="Enforced from">{rule.from} (UTC)</Table.Td>
            </Table.Tr>
          ))}
        </Rows>
      )}
    </Panel>
  )
}

function FeedsPanel({ feeds }: { feeds: AccountsView['feeds'] }) {
  return (
    <Panel title="Feeds of people">
      {feeds.length === 0 ? (
        <Text size="sm" c="dimmed">
          None is declared: every account is made and closed by hand.
        </Text>
      ) : (
        <Rows columns={['Feed', 'Answers for it', 'Last taken']}>
          {feeds.map(({ id, text, owner, last }) => (
            <Table.Tr key={id}>
              <Table.Td data-name="Feed">
                <b>{id}</b>
                <Text size="xs" c="dimmed">
                  {text}
                </Text>
              </Table.Td>
              <Table.Td data-name="Answers for it">{owner}</Table.Td>
              <Table.Td data-name="Last taken">
                {last === null ? (
                  <span className="sp-muted sp-small">never</span>
                ) : (
                  <>
                    <When at={last.takenAt} />
                    <Text size="xs" c="dimmed">
                      {last.rows} people as of <When at={last.asOf} />
                    </Text>
                  </>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Rows>
      )}
    </Panel>
  )
}

const shownAs = ['all', 'breaches', 'prepared'] as const
type Shown = (typeof shownAs)[number]
const shownWords: Readonly<Record<Shown, string>> = {
  all: 'All open',
  breaches: 'Against a rule',
  prepared: 'Have to enrol',
}

function isShown({ state, breaches }: AccountView, shown: Shown): boolean {
  if (shown === 'breaches') return breaches.length > 0
  return shown === 'prepared' ? state === 'prepared' : state !== 'disabled'
}

export function PeoplePage() {
  const people = useQuery(peopleQuery)
  const [shown, setShown] = useState<Shown>('all')
  return (
    <Page title="People" lead="Who may do what, where that comes from, and what nobody holds together.">
      <Loaded from={people} rows={6}>
        {({ items, rules, feeds }) => {
          const listed = items.filter((one) => isShown(one, shown))
          return (
            <>
              <Panel
                title="Accounts"
                aside={
                  <SegmentedControl
                    size="xs"
                    aria-label="Which accounts"
                    value={shown}
                    data={shownAs.map((value) => ({ value, label: shownWords[value] }))}
                    onChange={(value) => setShown(shownAs.find((one) => one === value) ?? 'all')}
                  />
                }
              >
                {listed.length === 0 ? (
                  <Text size="sm" c="dimmed">
                    {shown === 'breaches' ? 'Nobody holds together what a rule keeps apart.' : 'Nobody.'}
                  </Text>
                ) : (
                  <Rows columns={['Person', 'State', 'Roles', 'Plants', 'Separation']}>
                    {listed.map((one) => (
                      <AccountRow key={one.person.id} of={one} />
                    ))}
                  </Rows>
                )}
              </Panel>
              <RulesPanel rules={rules} />
              <FeedsPanel feeds={feeds} />
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}
