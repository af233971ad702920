// Everything that is open at this moment: sessions first, because they may have to be ended in a hurry, then grants.

import { Page } from '../display/page.tsx'
import { OpenGrants } from './grants.tsx'
import { LiveSessions } from './live-sessions.tsx'

export function AccessPage() {
  return (
    <Page title="Open access" lead="Who is connected now, and who may connect.">
      <LiveSessions />
      <OpenGrants />
    </Page>
  )
}
