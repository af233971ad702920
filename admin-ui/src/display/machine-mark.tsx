// Says of somebody in a list that it is a machine, and who answers for it; of people nothing.

import { Text } from '@mantine/core'
import type { PersonRef } from '../../../gateway/contract/views.ts'

export function MachineMark({ of: { owner } }: { of: Pick<PersonRef, 'owner'> }) {
  if (owner === undefined) return null
  return (
    <Text size="xs" c="dimmed">
      machine account; {owner} answers for it
    </Text>
  )
}
