// One recording: what session it was, its replay, whether it verifies, and what the ledger says about it.

import { Group, Stack, Text } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { RecordingView } from '../../../gateway/contract/views.ts'
import { evidenceQuery, recordingQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { formatBytes } from '../display/bytes.ts'
import { Facts } from '../display/facts.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { endReasonWords, recordingWords } from '../display/words.ts'
import { ConcernButton } from '../oversight/concern-button.tsx'
import { Elapsed, ExactTime } from '../time/when.tsx'
import { EvidenceRows } from './evidence-rows.tsx'
import { ExportButton } from './export-button.tsx'
import { Replay } from './replay.tsx'
import { Verification } from './verification.tsx'

const route = getRouteApi('/inside/recordings/$session')

function SessionFacts({ recording }: { recording: RecordingView }) {
  const { session } = recording
  return (
    <Panel title="Session">
      <Facts
        names="long"
        of={[
          ['Person', `${session.person.displayName}, ${session.person.supplierName ?? 'of the plant'}`],
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
          ['Ledger entry', recording.evidenceIndex === null ? 'none' : String(recording.evidenceIndex)],
        ]}
      />
    </Panel>
  )
}

function SessionEvidence({ session }: { session: string }) {
  const evidence = useInfiniteQuery(evidenceQuery({ types: [], session }))
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
  const { id } = recording.session
  return (
    <Stack gap="lg">
      {recording.status === 'unsealed' && (
        <p className="sp-notice" data-tone="warn" role="status">
          The session is over and its recording is not sealed yet. The gateway tries again for a minute, and then at its
          next start; what was recorded is kept.
        </p>
      )}
      {recording.status === 'missing' ? (
        <Panel title="Replay">
          <Text size="sm">The files of this recording are not where they should be. Verify to see what is left.</Text>
        </Panel>
      ) : (
        <Replay recording={recording} />
      )}
      <div className="sp-split" data-first="aside">
        <SessionEvidence session={id} />
        <aside>
          <Stack gap="lg">
            <Verification session={id} />
            <SessionFacts recording={recording} />
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
  return (
    <Page
      title={read === undefined ? 'Recording' : `${read.session.person.displayName} on ${read.session.assetName}`}
      lead={
        <span className="sp-lead">
          <Link to="/recordings" className="sp-link">
            <IconArrowLeft size={14} aria-hidden /> Recordings
          </Link>
          {read !== undefined && <Badge of={recordingWords[read.status]} />}
        </span>
      }
      actions={
        <Group gap="sm">
          <ConcernButton session={session} />
          <ExportButton sessions={[session]} />
        </Group>
      }
    >
      <Loaded from={recording}>{(found) => <Recording recording={found} />}</Loaded>
    </Page>
  )
}
