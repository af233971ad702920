// Under which agreement with a customer an export is made, if any: what it covers, and why one cannot be used.

import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { agreementsQuery } from '../api/queries.ts'
import { Failure } from '../display/loaded.tsx'

interface AgreementChoiceProps {
  /** Id; empty: none. */
  readonly value: string
  readonly onChange: (id: string) => void
}

/** Not drawn where the bundle has no agreement. */
export function AgreementChoice({ value, onChange }: AgreementChoiceProps) {
  const agreements = useQuery(agreementsQuery)
  if (agreements.isError) return <Failure problem={agreements.error} />
  const items = agreements.data?.items ?? []
  if (items.length === 0) return null
  const chosen = items.find(({ id }) => id === value)
  return (
    <NativeSelect
      label="Under an agreement"
      description={
        chosen === undefined
          ? 'For a customer: only what scope and agreement cover goes out.'
          : `${chosen.reference}, owner ${chosen.owner}, until ${chosen.until}: ${chosen.evidence.join(', ')}.`
      }
      value={value}
      data={[
        { value: '', label: 'None: for your own people and auditors' },
        ...items.map(({ id, customer, fault }) => ({
          value: id,
          label: fault === null ? `${customer} (${id})` : `${customer}: ${fault}`,
          disabled: fault !== null,
        })),
      ]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
