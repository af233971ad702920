// Taking a part of somebody's standing eligibility away: which roles and plants are left. It only ever takes away.

import { Checkbox, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { CampaignItemView } from '../../../gateway/contract/standing-views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { ReasonDialog } from '../display/reason-dialog.tsx'

interface LeftProps {
  readonly label: string
  readonly all: readonly string[]
  /** In the order of `all`. */
  readonly names: readonly string[]
  readonly left: readonly string[]
  readonly onChange: (left: string[]) => void
}

function Left({ label, all, names, left, onChange }: LeftProps) {
  if (all.length === 0) return null
  return (
    <Checkbox.Group label={label} value={[...left]} onChange={onChange}>
      <Stack gap={6} mt={6}>
        {all.map((each, at) => (
          <Checkbox key={each} value={each} label={names[at] ?? each} data-autofocus={at === 0 || undefined} />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}

export function ChangeDialog({ id, item, onClose }: { id: string; item: CampaignItemView; onClose: () => void }) {
  const { person, before } = item
  const [roles, setRoles] = useState<readonly string[]>(before.roles)
  const [plants, setPlants] = useState<readonly string[]>(before.plants)
  const decide = useChange({
    run: (reason: string) =>
      client.call('decideItem', {
        params: { id },
        body: { person: person.id, verdict: 'change', reason, roles: [...roles], plants: [...plants] },
      }),
    touches: ['campaigns'],
    says: `What ${person.displayName} may do is changed.`,
    onDone: onClose,
  })
  const isSame = roles.length === before.roles.length && plants.length === before.plants.length
  return (
    <ReasonDialog
      title={`Change the access of ${person.displayName}`}
      label="Reason"
      hint="Kept as evidence."
      confirm="Change"
      danger
      pending={decide.isPending}
      problem={decide.error}
      disabled={isSame || roles.length === 0}
      choice={
        <Stack gap="sm">
          <Left label="Roles that are left" all={before.roles} names={before.roles} left={roles} onChange={setRoles} />
          <Left
            label="Plants that are left"
            all={before.plants}
            names={before.plantNames}
            left={plants}
            onChange={setPlants}
          />
          <Text size="xs" c="dimmed" role="status">
            {roles.length === 0
              ? 'Without any role, take the access away instead.'
              : isSame
                ? 'Untick what is to be taken away.'
                : 'It holds at once, and what rests on it ends.'}
          </Text>
        </Stack>
      }
      onConfirm={(reason) => decide.mutate(reason)}
      onClose={onClose}
    />
  )
}
