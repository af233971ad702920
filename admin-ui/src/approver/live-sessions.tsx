// The sessions that run now, with what is left of their windows, and the switch that ends one at once.

import { Button, Progress, Table, Text } from '@mantine/core'
import { IconBolt, IconEye, IconPlugConnectedX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { SessionView } from '../../../gateway/contract/views.ts'
import { liveSessionsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { formatBytes } from '../display/bytes.ts'
import { ButtonLink } from '../display/button-link.tsx'
import { Empty, Loaded } from '../display/loaded.tsx'
import { MachineMark } from '../display/machine-mark.tsx'
import { Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { sessionWords } from '../display/words.ts'
import { ConcernButton } from '../oversight/concern-button.tsx'
import { usePlant, usePlantName } from '../session/plant-choice.tsx'
import { useNow } from '../time/clock.ts'
import { ClockTime, Elapsed, TimeLeft } from '../time/when.tsx'
import { ContactNotes } from './contacts.tsx'
import { EscortButton } from './escort-button.tsx'
import { KillDialog } from './kill-dialog.tsx'
import { Sockets } from './sockets.tsx'
import { HeldNotes, WriteHoldButton } from './write-hold-button.tsx'

function Left({ session }: { session: SessionView }) {
  const now = useNow()
  if (session.safetyHold !== null || (now >= session.windowUntil && session.hardUntil > session.windowUntil)) {
    return (
      <>
        observes only, <TimeLeft until={session.hardUntil} />
      </>
    )
  }
  const whole = session.windowUntil - session.startedAt
  const left = Math.max(0, session.windowUntil - now)
  return (
    <>
      <TimeLeft until={session.windowUntil} />
      <Progress
        size="sm"
        mt={4}
        aria-label="Part of the session’s time that is left"
        value={whole > 0 ? (100 * left) / whole : 0}
        color={left < 5 * 60_000 ? 'danger' : 'harbour'}
      />
    </>
  )
}

function SessionRow({ session, onKill }: { session: SessionView; onKill: () => void }) {
  return (
    <Table.Tr>
      <Table.Td data-name="Person">
        <b>{session.person.displayName}</b>
        <Text size="xs" c="dimmed">
          {session.person.supplierName ?? 'plant'}
        </Text>
        <MachineMark of={session.person} />
        <Text size="xs" c="dimmed">
          from {session.source}
        </Text>
      </Table.Td>
      <Table.Td data-name="Asset">
        {session.assetName}
        <Text size="xs" c="dimmed">
          {session.protocol.toUpperCase()}, {session.channels} {session.channels === 1 ? 'channel' : 'channels'}
        </Text>
      </Table.Td>
      <Table.Td data-name="State">
        <Badge of={sessionWords[session.state]} />
        {session.escorts.length > 0 && (
          <Text size="xs" c="dimmed" mt={4}>
            escorted by {session.escorts.map(({ displayName }) => displayName).join(', ')}
          </Text>
        )}
        <HeldNotes session={session} />
        <ContactNotes of={session.physical} />
      </Table.Td>
      <Table.Td data-name="Running for">
        <Elapsed from={session.startedAt} until={session.endedAt} />
        <Text size="xs" c="dimmed">
          since <ClockTime at={session.startedAt} />
        </Text>
      </Table.Td>
      <Table.Td data-name="Time left">
        <Left session={session} />
      </Table.Td>
      <Table.Td data-name="In / out" className="sp-number">
        {formatBytes(session.bytesIn)} / {formatBytes(session.bytesOut)}
      </Table.Td>
      <Table.Td className="sp-row-action">
        <div className="sp-row-buttons">
          <ButtonLink
            to="/recordings/$session"
            params={{ session: session.id }}
            size="xs"
            variant="default"
            leftSection={<IconEye size={14} aria-hidden />}
            aria-label={`Watch the session of ${session.person.displayName} on ${session.assetName}`}
          >
            Watch
          </ButtonLink>
          <EscortButton session={session} />
          <WriteHoldButton session={session} />
          <ConcernButton small session={session.id} />
          <Button
            size="xs"
            color="danger"
            leftSection={<IconBolt size={14} aria-hidden />}
            aria-label={`Kill the session of ${session.person.displayName} on ${session.assetName}`}
            onClick={onKill}
          >
            Kill
          </Button>
        </div>
      </Table.Td>
    </Table.Tr>
  )
}

export function LiveSessions() {
  const sessions = useQuery(liveSessionsQuery(usePlant()))
  const plantName = usePlantName()
  const [killing, setKilling] = useState<SessionView | null>(null)
  return (
    <Panel title="Live sessions">
      <Loaded from={sessions} rows={2}>
        {(list) =>
          list.items.length === 0 ? (
            <Empty
              icon={<IconPlugConnectedX size={28} />}
              title={plantName === '' ? 'Nobody is connected' : `Nobody is connected in ${plantName}`}
            />
          ) : (
            <Rows columns={['Person', 'Asset', 'State', 'Running for', 'Time left', { figures: 'In / out' }]} actions>
              {list.items.map((session) => (
                <SessionRow key={session.id} session={session} onKill={() => setKilling(session)} />
              ))}
            </Rows>
          )
        }
      </Loaded>
      <Sockets />
      {killing !== null && <KillDialog session={killing} onClose={() => setKilling(null)} />}
    </Panel>
  )
}
