// Everything that is open at this moment: sessions first, because they may have to be ended in a hurry, then grants, then
// what is off, who is on site and who decides for whom.

import { Button, Group } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import { useState } from 'react'
import { Page } from '../display/page.tsx'
import { PlantChoice } from '../session/plant-choice.tsx'
import { Contacts } from './contacts.tsx'
import { OpenGrants } from './grants.tsx'
import { HandedOver } from './handed-over.tsx'
import { LiveSessions } from './live-sessions.tsx'
import { OnSite } from './on-site.tsx'
import { StopAccess } from './stop-access.tsx'
import { Suspensions } from './suspensions.tsx'

export function AccessPage() {
  const [stopping, setStopping] = useState(false)
  return (
    <Page
      title="Open access"
      lead="Who is connected now, who may connect, and what is off."
      actions={
        <Group gap="sm">
          <PlantChoice size="xs" />
          <Button
            size="xs"
            color="danger"
            variant="light"
            leftSection={<IconHandStop size={14} aria-hidden />}
            onClick={() => setStopping(true)}
          >
            Stop access
          </Button>
        </Group>
      }
    >
      <LiveSessions />
      <OpenGrants />
      <Suspensions />
      <OnSite />
      <Contacts />
      <HandedOver />
      {stopping && <StopAccess onClose={() => setStopping(false)} />}
    </Page>
  )
}
