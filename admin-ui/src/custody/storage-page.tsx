// Storage and retention: the space recordings have, what is on legal hold, what is past its day, and what two people have
// deleted or erased.

import { Stack } from '@mantine/core'
import { usePerson } from '../session/person.ts'
import { Page } from '../display/page.tsx'
import { Deletions } from './deletions.tsx'
import { Erasures } from './erasures.tsx'
import { Holds } from './holds.tsx'
import { Space } from './space.tsx'

export function StoragePage() {
  const { roles } = usePerson()
  // Who runs the gateway sees what there is, and has no hand in what is kept.
  const keeps = roles.includes('auditor') || roles.includes('isms-manager')
  return (
    <Page
      title="Storage and retention"
      lead="What is kept, for how long, and what it takes. Nothing is deleted or erased by one person alone."
    >
      <Stack gap="lg">
        <Space />
        <Holds maySet={keeps} />
        {keeps && <Deletions />}
        {keeps && <Erasures />}
      </Stack>
    </Page>
  )
}
