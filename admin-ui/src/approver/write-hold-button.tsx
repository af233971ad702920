// Letting through what is typed in a session on what gets no updates any more: one step of who escorts it, for this
// session and until they leave. What the session is held to besides stands in its row.

import { Button, Text } from '@mantine/core'
import { IconLockOpen } from '@tabler/icons-react'
import type { SessionView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { usePerson } from '../session/person.ts'

export function WriteHoldButton({ session }: { session: SessionView }) {
  const me = usePerson()
  const lift = useChange({
    run: () => client.call('liftWriteHold', { params: { id: session.id } }),
    touches: ['sessions'],
    says: 'What is typed goes through until you leave.',
  })
  const isThere = session.escorts.some(({ id }) => id === me.id)
  if (session.writeHold === null || session.writeHold.liftedBy !== null || !isThere) return null
  return (
    <Button
      size="xs"
      leftSection={<IconLockOpen size={14} aria-hidden />}
      aria-label={`Let through what ${session.person.displayName} types on ${session.assetName}`}
      loading={lift.isPending}
      onClick={() => lift.mutate()}
    >
      Let input through
    </Button>
  )
}

/** Why a session is held to more than its rules say, and what is held now. */
export function HeldNotes({ session: { profile, writeHold, safetyHold } }: { session: SessionView }) {
  return (
    <>
      {profile !== null && (
        <Text size="xs" c="dimmed" mt={4}>
          gets no updates:{' '}
          {profile.exceptions.length === 0 ? 'no exception covers it' : `exception ${profile.exceptions.join(', ')}`}
        </Text>
      )}
      {writeHold !== null && (
        <Text size="xs" c="dimmed">
          {writeHold.liftedBy === null
            ? 'input held until its escort lets it through'
            : `input let through by ${writeHold.liftedBy.displayName}`}
        </Text>
      )}
      {safetyHold !== null && (
        <Text size="xs" mt={4}>
          ended, and not cut off: its asset is safety-related
        </Text>
      )}
    </>
  )
}
