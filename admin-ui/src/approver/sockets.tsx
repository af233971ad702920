// Whether the living sessions and the kernel's own list of connections agree: one quiet line while they do, an alarm
// with what stands open while they do not.

import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { SocketsView } from '../../../gateway/contract/views.ts'
import { socketsQuery } from '../api/queries.ts'

function Disagreement({ view }: { view: SocketsView }) {
  const missing = view.sessions.filter(({ state }) => state === 'missing')
  return (
    <Alert
      role="alert"
      color="danger"
      variant="light"
      className="sp-alert"
      mt="sm"
      title="Sessions and connections do not agree"
      icon={<IconAlertTriangle />}
    >
      <ul className="sp-list">
        {view.strangers.map(({ asset, local, remote, isChild, process }) => (
          <li key={`${local} ${remote}`}>
            a connection to {asset} ({remote}) belongs to no session; it is held by{' '}
            {isChild ? `program ${process}, which the gateway started` : 'the gateway itself'}
          </li>
        ))}
        {missing.map(({ session, asset, remote }) => (
          <li key={session}>
            session {session} says it is connected to {asset} ({remote}), and the kernel knows of no such connection
          </li>
        ))}
      </ul>
      <Text size="sm" mt="xs">
        It is in the evidence. Stop access, and have the gateway’s machine looked at.
      </Text>
    </Alert>
  )
}

function connectionsText(count: number): string {
  const source = 'by the machine’s own list of connections.'
  if (count === 0) return `The gateway has no connection to a target, ${source}`
  return count === 1
    ? `The one connection to a target belongs to a session, ${source}`
    : `All ${count} connections to targets belong to sessions, ${source}`
}

export function Sockets() {
  const { data: view } = useQuery(socketsQuery)
  if (view === undefined || !view.known) return null
  if (!view.agrees) return <Disagreement view={view} />
  const connected = view.sessions.filter(({ state }) => state === 'agreed').length
  return (
    <Text size="xs" c="dimmed" mt="sm">
      <IconCircleCheck size={14} aria-hidden /> {connectionsText(connected)}
    </Text>
  )
}
