// Releases of the gateway itself: what became another at a start, what that rests on, and another person's verdict. Drawn for
// those who may read it, and only where there is one.

import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { PlatformReleaseView } from '../../../gateway/contract/platform.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { platformReleasesQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { TextLine, TextLines } from '../display/text-fields.tsx'
import type { Word } from '../display/words.ts'
import { usePerson } from '../session/person.ts'
import { When } from '../time/when.tsx'

const words: Readonly<Record<PlatformReleaseView['state'], Word>> = {
  open: { word: 'Waits for its records', tone: 'warn', mark: 'alert' },
  recorded: { word: 'Waits for another person', tone: 'info', mark: 'clock' },
  'sent-back': { word: 'Sent back', tone: 'bad', mark: 'cross' },
  approved: { word: 'Approved', tone: 'good', mark: 'check' },
}

interface DialogProps {
  readonly release: PlatformReleaseView
  readonly onClose: () => void
}

function RecordDialog({ release, onClose }: DialogProps) {
  const { id, record: before } = release
  const [change, setChange] = useState(before?.change ?? '')
  const [impact, setImpact] = useState(before?.impact ?? '')
  const [test, setTest] = useState(before?.test ?? '')
  const given = { change: change.trim(), impact: impact.trim(), test: test.trim() }
  const record = useChange({
    run: (rollback: string) => client.call('recordPlatformRelease', { params: { id }, body: { ...given, rollback } }),
    touches: ['platform-releases'],
    says: 'The records are kept. Another person looks at them.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title="What this release rests on"
      label="How to go back"
      hint="And how long that takes."
      initial={before?.rollback ?? ''}
      confirm="Keep the records"
      pending={record.isPending}
      problem={record.error}
      disabled={given.change === '' || given.impact === '' || given.test === ''}
      choice={
        <Stack gap="sm">
          <TextLine
            label="Change"
            description="Its number in your change control"
            required
            data-autofocus
            maxLength={200}
            value={change}
            onChange={setChange}
          />
          <TextLines
            label="Impact"
            description="What it changes for those who work with the gateway"
            required
            maxLength={2000}
            value={impact}
            onChange={setImpact}
          />
          <TextLines
            label="Test"
            description="Where and how it was tested, and the record of that"
            required
            maxLength={2000}
            value={test}
            onChange={setTest}
          />
        </Stack>
      }
      onConfirm={(rollback) => record.mutate(rollback)}
      onClose={onClose}
    />
  )
}

type Verdict = 'approved' | 'sent-back'

function JudgeDialog({ release, verdict, onClose }: DialogProps & { readonly verdict: Verdict }) {
  const judge = useChange({
    run: (comment: string) =>
      client.call('judgePlatformRelease', {
        params: { id: release.id },
        body: { verdict, record: release.record?.entry ?? 0, comment },
      }),
    touches: ['platform-releases', 'register'],
    says: verdict === 'approved' ? 'The release stands.' : 'The records are sent back.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title={verdict === 'approved' ? 'Let this release stand?' : 'Send its records back?'}
      label="What you looked at, and your judgement"
      hint="Kept as evidence."
      confirm={verdict === 'approved' ? 'Approve' : 'Send back'}
      danger={verdict === 'sent-back'}
      pending={judge.isPending}
      problem={judge.error}
      onConfirm={(comment) => judge.mutate(comment)}
      onClose={onClose}
    />
  )
}

function Release({ release }: { release: PlatformReleaseView }) {
  const [open, setOpen] = useState<'record' | Verdict | null>(null)
  const { id, at, dueAt, state, changes, record, verdict, mayRecord, mayJudge } = release
  const onClose = () => setOpen(null)
  return (
    <li className="sp-card">
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start">
          <div>
            <Badge of={words[state]} />
            <Text size="sm" c="dimmed" component="div">
              Found <When at={at} />, entry {id}
              {state !== 'approved' && (
                <>
                  , due <When at={dueAt} />
                </>
              )}
            </Text>
          </div>
          <Group gap="xs">
            {mayRecord && (
              <Button size="xs" variant="default" onClick={() => setOpen('record')}>
                {record === null ? 'Give its records' : 'Give other records'}
              </Button>
            )}
            {mayJudge && (
              <Button size="xs" variant="default" onClick={() => setOpen('sent-back')}>
                Send back
              </Button>
            )}
            {mayJudge && (
              <Button size="xs" onClick={() => setOpen('approved')}>
                Approve
              </Button>
            )}
          </Group>
        </Group>
        <ul className="sp-list">
          {changes.map((change) => (
            <li key={change}>{change.replaceAll('`', '')}</li>
          ))}
        </ul>
        {record !== null && (
          <Facts
            names="long"
            of={[
              ['Change', record.change],
              ['Impact', record.impact],
              ['Test', record.test],
              ['Way back', record.rollback],
              [
                'Recorded',
                <span key="recorded">
                  {record.by.displayName}, <When at={record.at} />
                  <span className="sp-muted">, entry {record.entry}</span>
                </span>,
              ],
              [
                state === 'approved' ? 'Approved' : 'Sent back',
                verdict !== null && (
                  <span key="verdict">
                    {verdict.by.displayName}, <When at={verdict.at} />
                    <span className="sp-muted">, entry {verdict.entry}</span>: {verdict.comment}
                  </span>
                ),
              ],
            ]}
          />
        )}
      </Stack>
      {open === 'record' && <RecordDialog release={release} onClose={onClose} />}
      {(open === 'approved' || open === 'sent-back') && (
        <JudgeDialog release={release} verdict={open} onClose={onClose} />
      )}
    </li>
  )
}

export function PlatformReleases() {
  const reads = usePerson().roles.some((role) => role === 'admin' || role === 'isms-manager' || role === 'auditor')
  const items = useQuery({ ...platformReleasesQuery, enabled: reads }).data?.items ?? []
  if (items.length === 0) return null
  return (
    <Panel title="Releases of the gateway itself">
      <ul className="sp-rows">
        {items.map((release) => (
          <Release key={release.id} release={release} />
        ))}
      </ul>
    </Panel>
  )
}
