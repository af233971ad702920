// Ends one session by hand. Where the asset asks for a safe state of the process first, who ends it says so or insists.

import { Checkbox } from '@mantine/core'
import { useState } from 'react'
import type { SessionView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { usePerson } from '../session/person.ts'

export function KillDialog({ session, onClose }: { session: SessionView; onClose: () => void }) {
  const [insist, setInsist] = useState(false)
  const [override, setOverride] = useState(false)
  const me = usePerson()
  const mayOverride = session.endsForSafety && me.id !== session.person.id && me.roles.includes('safety-engineer')
  const kill = useChange({
    run: (reason: string) =>
      client.call('kill', {
        params: { id: session.id },
        body: { reason, ...(insist && { insist }), ...(override && { override }) },
      }),
    touches: ['sessions', 'grants'],
    says: session.endsForSafety && !override ? 'Nothing that is typed goes through any more.' : 'The session is ended.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title="Kill this session?"
      label="Reason"
      hint="Shown in the person’s terminal, and kept as evidence."
      confirm="Kill session"
      danger
      pending={kill.isPending}
      problem={kill.error}
      options={
        <>
          {session.asksSafeState && (
            <Checkbox
              label="The process is in a safe state, or I insist"
              description={`${session.assetName} can be harmed when a session is cut in the middle of a change.`}
              checked={insist}
              onChange={(event) => setInsist(event.currentTarget.checked)}
            />
          )}
          {mayOverride && (
            <Checkbox
              mt="xs"
              label="Emergency: cut it off at once, as a safety engineer"
              description="Overrides what the asset declares as safe. It is evidence, and is reviewed within a day."
              checked={override}
              onChange={(event) => setOverride(event.currentTarget.checked)}
            />
          )}
        </>
      }
      onConfirm={(reason) => kill.mutate(reason)}
      onClose={onClose}
    >
      {session.endsForSafety && !override ? (
        <>
          <b>{session.assetName}</b> is safety-related: what <b>{session.person.displayName}</b> types stops reaching it
          at once, and the session is closed a while later, at the hard limit of the asset. Only a safety engineer cuts
          it off before.{' '}
        </>
      ) : (
        <>
          <b>{session.person.displayName}</b> is cut off from <b>{session.assetName}</b> at once, whatever is running
          there.{' '}
        </>
      )}
      The grant stays open: revoke it as well to keep them out.
    </ReasonDialog>
  )
}
