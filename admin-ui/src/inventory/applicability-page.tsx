// The statement of applicability as the scope's regimes give it: clause by clause, the controls that support evidence
// for it. Whether a clause is met is an auditor's judgement.

import { Group, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ApplicabilityView } from '../../../gateway/contract/views.ts'
import { applicabilityQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { ButtonLink } from '../display/button-link.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { controlWords, frameworkName } from '../display/words.ts'
import { PlantChoice, usePlant } from '../session/plant-choice.tsx'

type Standard = ApplicabilityView['standards'][number]
type Control = Standard['clauses'][number]['controls'][number]

function ControlLine({ control }: { control: Control }) {
  return (
    <div>
      {control.owner === null ? (
        <span>{control.title}</span>
      ) : (
        <Link to="/register" search={{ control: control.id }}>
          {control.title}
        </Link>
      )}{' '}
      {control.state !== null && <Badge of={controlWords[control.state]} />}
      <Text size="xs" c="dimmed">
        <code>{control.id}</code>
        {control.coverage === 'partial' && ', in part'} · {control.owner ?? 'not used by the plant'}
      </Text>
    </div>
  )
}

function StandardPanel({ of: { regime, standard, clauses } }: { of: Standard }) {
  return (
    <Panel title={standard === null ? regime : frameworkName(standard)}>
      {standard === null ? (
        <Text size="sm" c="dimmed">
          The catalogue maps no control to this regime.
        </Text>
      ) : (
        <Rows columns={['Clause', 'Supports evidence for it']}>
          {clauses.map(({ clause, controls }) => (
            <Table.Tr key={clause}>
              <Table.Td data-name="Clause" className="sp-whole">
                {clause}
              </Table.Td>
              <Table.Td data-name="Supports evidence for it">
                <Stack gap="xs">
                  {controls.map((control) => (
                    <ControlLine key={control.id} control={control} />
                  ))}
                </Stack>
              </Table.Td>
            </Table.Tr>
          ))}
        </Rows>
      )}
    </Panel>
  )
}

export function ApplicabilityPage() {
  const statement = useQuery(applicabilityQuery(usePlant()))
  return (
    <Page
      title="Applicability"
      lead="Which clauses the controls of this gateway support evidence for. Whether a clause is met is an auditor’s judgement."
      actions={
        <Group gap="sm">
          <PlantChoice />
          <ButtonLink to="/register" variant="default">
            Control register
          </ButtonLink>
        </Group>
      }
    >
      <Loaded from={statement} rows={6}>
        {(read) => (
          <>
            <Panel title={`Scope ${read.scopeVersion}`}>
              <Text size="sm">{read.statement}</Text>
              {read.unused.length > 0 && (
                <Text size="sm" c="dimmed" mt="sm">
                  Mapped, and left out of the register: {read.unused.join(', ')}
                </Text>
              )}
            </Panel>
            {read.standards.map((standard) => (
              <StandardPanel key={`${standard.regime} ${standard.standard ?? ''}`} of={standard} />
            ))}
          </>
        )}
      </Loaded>
    </Page>
  )
}
