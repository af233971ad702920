// Coming along with a session as its escort. While this page is open it says every few seconds that somebody is there;
// when it is closed, or the button pressed again, the session pauses.

import { Button } from '@mantine/core'
import { IconUserCheck, IconUserX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { SessionView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { usePerson } from '../session/person.ts'

/** A lease lapses after 15 s; two renewals may be lost on the way. */
const renewEveryMs = 5_000
const escorts: readonly string[] = ['escort', 'approver', 'safety-engineer']

export function EscortButton({ session }: { session: SessionView }) {
  const me = usePerson()
  const [along, setAlong] = useState(false)
  const come = useChange({ run: () => client.call('escort', { params: { id: session.id } }), touches: ['sessions'] })
  const leave = useChange({
    run: () => client.call('leaveEscort', { params: { id: session.id } }),
    touches: ['sessions'],
  })
  const { mutate: renew, isError } = come

  useEffect(() => {
    if (!along || isError) return
    renew()
    const timer = setInterval(() => renew(), renewEveryMs)
    return () => clearInterval(timer)
  }, [along, isError, renew])

  const may = me.id !== session.person.id && me.roles.some((role) => escorts.includes(role))
  if (!may || session.state === 'ending' || session.state === 'ended') return null
  const whom = `${session.person.displayName} on ${session.assetName}`
  const here = along && !isError
  return (
    <Button
      size="xs"
      variant={session.state === 'waiting' || session.state === 'paused' ? 'filled' : 'default'}
      leftSection={here ? <IconUserX size={14} aria-hidden /> : <IconUserCheck size={14} aria-hidden />}
      aria-pressed={here}
      aria-label={here ? `Leave ${whom}` : `Escort ${whom}`}
      title={isError && along ? 'The gateway did not take it: try again' : undefined}
      onClick={() => {
        if (here) leave.mutate()
        else come.reset()
        setAlong(!here)
      }}
    >
      {here ? 'Leave' : 'Escort'}
    </Button>
  )
}
