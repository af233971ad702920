// The control register: what the ISMS covers here and what not, and for each control whether the ledger holds evidence
// that supports it. It speaks of evidence only; whether a plant meets a standard is an auditor's judgement.

import { Group, SegmentedControl, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ControlView, RegisterView } from '../../../gateway/contract/views.ts'
import { registerQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { ButtonLink } from '../display/button-link.tsx'
import { Fact } from '../display/facts.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { controlWords } from '../display/words.ts'
import { toSentence } from '../api/problem.ts'
import { PlantChoice, usePlant } from '../session/plant-choice.tsx'
import { readerZone, withLocalTimes } from '../time/plant-time.ts'
import { When } from '../time/when.tsx'
import { ControlDrawer } from './control-drawer.tsx'
import { byAttention, countStates } from './order.ts'
import { Risks } from './risks.tsx'
import { Scope } from './scope.tsx'

const route = getRouteApi('/inside/register')

function ControlRow({ control }: { control: ControlView }) {
  return (
    <Table.Tr>
      <Table.Td data-name="State">
        <Badge of={controlWords[control.state]} />
      </Table.Td>
      <Table.Td data-name="Control">
        <Link
          to="/register"
          search={(held) => ({ ...held, control: control.id })}
          className="sp-row-link"
          resetScroll={false}
        >
          {control.title}
        </Link>
        <Text size="xs" c="dimmed">
          <code>{control.id}</code>
        </Text>
      </Table.Td>
      <Table.Td data-name="Why">{withLocalTimes(toSentence(control.reason), readerZone())}</Table.Td>
      <Table.Td data-name="Population" className="sp-number">
        {control.population.toLocaleString('en-GB')}
      </Table.Td>
      <Table.Td data-name="Last evidence">
        {control.lastAt === null ? <span className="sp-muted">none yet</span> : <When at={control.lastAt} />}
      </Table.Td>
      <Table.Td data-name="Owner">{control.owner}</Table.Td>
    </Table.Tr>
  )
}

function Register({ register }: { register: RegisterView }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [state, setState] = useState('all')
  const shown = byAttention(register.controls).filter((control) => state === 'all' || control.state === state)
  const opened = register.controls.find((control) => control.id === search.control)
  return (
    <Stack gap="lg">
      <Scope register={register} />
      <section className="sp-card" aria-label="Controls">
        <Group justify="space-between" gap="sm" mb="sm">
          <SegmentedControl
            size="xs"
            aria-label="Which controls"
            className="sp-channels"
            data={[
              { value: 'all', label: `All ${register.controls.length}` },
              ...countStates(register.controls)
                .filter(({ count }) => count > 0)
                .map((each) => ({ value: each.state, label: `${controlWords[each.state].word} ${each.count}` })),
            ]}
            value={state}
            onChange={setState}
          />
          <Fact name="Computed">
            <When at={register.computedAt} />
          </Fact>
        </Group>
        <Rows columns={['State', 'Control', 'Why', { figures: 'Population' }, 'Last evidence', 'Owner']}>
          {shown.map((control) => (
            <ControlRow key={control.id} control={control} />
          ))}
        </Rows>
      </section>
      <Risks />
      {opened !== undefined && (
        <ControlDrawer
          control={opened}
          onClose={() => void navigate({ search: ({ control: _closed, ...rest }) => rest, resetScroll: false })}
        />
      )}
    </Stack>
  )
}

export function RegisterPage() {
  const register = useQuery(registerQuery(usePlant()))
  return (
    <Page
      title="Control register"
      lead="What the ledger holds as evidence for each control, computed from it just now."
      actions={
        <Group gap="sm">
          <PlantChoice />
          <ButtonLink to="/register/coverage" variant="default">
            Coverage
          </ButtonLink>
          <ButtonLink to="/register/applicability" variant="default">
            Applicability
          </ButtonLink>
        </Group>
      }
    >
      <Loaded from={register} rows={8}>
        {(read) => <Register register={read} />}
      </Loaded>
    </Page>
  )
}
