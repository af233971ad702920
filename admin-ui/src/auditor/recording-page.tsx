// One recording: what session it was, its replay, whether it verifies, and what the ledger says about it.

import { Group, Stack, Text } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { CopyView, RecordingView } from '../../../gateway/contract/views.ts'
import { evidenceQuery, recordingQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { formatBytes } from '../display/bytes.ts'
import { Facts } from '../display/facts.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { endReasonWords, recordingWords } from '../display/words.ts'
import { ConcernButton } from '../oversight/concern-button.tsx'
import { usePerson } from '../session/person.ts'
import { isPageFor } from '../shell/pages.ts'
import { Elapsed, ExactTime } from '../time/when.tsx'
import { EvidenceRows } from './evidence-rows.tsx'
import { ExportButton } from './export-button.tsx'
import { Handling } from './handling.tsx'
import { Replay } from './replay.tsx'
import { Verification } from './verification.tsx'

const route = getRouteApi('/inside/recordings/$session')

const copyWords = { due: 'not copied yet', stored: 'copied', away: 'only there' } as const

/** Where its copy is, and what is wrong with it. */
function Copy({ copy: { state, lockedUntil, problem } }: { copy: CopyView }) {
  return (
    <>
      {copyWords[state]}
      {lockedUntil !== null && (
        <>
          , locked until <ExactTime at={lockedUntil} />
        </>
      )}
      {problem !== null && <b>: {problem}</b>}
    </>
  )
}

function SessionFacts({ recording }: { recording: RecordingView }) {
  const { session } = recording
  return (
    <Panel title="Session">
      <Facts
        names="long"
        of={[
          ['Person', `${session.person.displayName}, ${session.person.supplierName ?? 'of the plant'}`],
          ...(session.person.owner === undefined
            ? []
            : ([['Answers for it', `${session.person.owner}: it is a machine account`]] as const)),
          ['Asset', `${session.assetName} (${session.asset})`],
          ['Plant', session.plant],
          ['Came from', session.source],
          ['Started', <ExactTime key="started" at={session.startedAt} />],
          ['Ended', session.endedAt === null ? 'still running' : <ExactTime key="ended" at={session.endedAt} />],
          ['Lasted', <Elapsed key="lasted" from={session.startedAt} until={session.endedAt} />],
          ['Window ended', <ExactTime key="window" at={session.windowUntil} />],
          ['Ended because', session.endReason === null ? null : endReasonWords(session.endReason)],
          ['Bytes', `${formatBytes(session.bytesIn)} in, ${formatBytes(session.bytesOut)} out`],
          ['Session id', <code key="id">{session.id}</code>],
          ['Grant', <code key="grant">{session.grant}</code>],
          ['Seal (SHA-256)', recording.seal === null ? 'not sealed' : <code key="seal">{recording.seal}</code>],
          [
            'Kept until',
            recording.keptUntil === null ? 'the session is over' : <ExactTime key="kept" at={recording.keptUntil} />,
          ],
          ['Object store', recording.copy !== null && <Copy key="copy" copy={recording.copy} />],
          ['Legal holds', recording.holds.length > 0 && recording.holds.join(', ')],
          ['Ledger entry', recording.evidenceIndex === null ? 'none' : String(recording.evidenceIndex)],
        ]}
      />
    </Panel>
  )
}

function SessionEvidence({ session }: { session: string }) {
  const evidence = useInfiniteQuery(evidenceQuery({ types: [], session, plant: '' }))
  return (
    <Panel
      title="Evidence of this session"
      aside={
        <Link to="/evidence" search={{ session }} className="sp-link">
          Show in the ledger
        </Link>
      }
    >
      <Loaded from={evidence} rows={3}>
        {(pages) => <EvidenceRows entries={pages.pages.flatMap((page) => page.items)} />}
      </Loaded>
    </Panel>
  )
}

function Recording({ recording }: { recording: RecordingView }) {
  const wish = route.useSearch()
  const { roles } = usePerson()
  const { id } = recording.session
  return (
    <Stack gap="lg">
      {recording.status === 'unsealed' && (
        <p className="sp-notice" data-tone="warn" role="status">
          The session is over and its recording is not sealed yet. The gateway tries again for a minute, and then at its
          next start; what was recorded is kept.
        </p>
      )}
      {recording.deleted !== null ? (
        <Panel title="Deleted">
          <Text size="sm" component="div">
            Deleted <ExactTime at={recording.deleted.at} /> by {recording.deleted.proposedBy.displayName} and{' '}
            {recording.deleted.confirmedBy.displayName}: {recording.deleted.reason}. The ledger keeps its seal digest.
          </Text>
        </Panel>
      ) : recording.status === 'missing' ? (
        <Panel title="Replay">
          <Text size="sm">The files of this recording are not where they should be. Verify to see what is left.</Text>
        </Panel>
      ) : (
        <Replay recording={recording} wish={wish} />
      )}
      <div className="sp-split" data-first="aside">
        {isPageFor('/evidence', roles) ? <SessionEvidence session={id} /> : <div />}
        <aside>
          <Stack gap="lg">
            {recording.seal !== null && isPageFor('/recordings', roles) && <Verification session={id} />}
            <SessionFacts recording={recording} />
            <Handling recording={recording} />
          </Stack>
        </aside>
      </div>
    </Stack>
  )
}

export function RecordingPage() {
  const { session } = route.useParams()
  const recording = useQuery(recordingQuery(session))
  const read = recording.data
  const { roles } = usePerson()
  return (
    <Page
      title={read === undefined ? 'Recording' : `${read.session.person.displayName} on ${read.session.assetName}`}
      lead={
        <span className="sp-lead">
          <Link to={isPageFor('/recordings', roles) ? '/recordings' : '/access'} className="sp-link">
            <IconArrowLeft size={14} aria-hidden /> {isPageFor('/recordings', roles) ? 'Recordings' : 'Open access'}
          </Link>
          {read !== undefined && <Badge of={recordingWords[read.status]} />}
        </span>
      }
      actions={
        <Group gap="sm">
          <ConcernButton session={session} />
          {read?.seal && isPageFor('/recordings', roles) && <ExportButton sessions={[session]} />}
        </Group>
      }
    >
      <Loaded from={recording}>{(found) => <Recording recording={found} />}</Loaded>
    </Page>
  )
}
