// The proposals that wait, each with what it would change, and the three answers: put it in force, send it back, take it
// back. Who proposed never activates.

import { Button, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconGitPullRequest } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ProposalRow } from '../../../gateway/contract/bundle-views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { ApiProblem } from '../api/problem.ts'
import { proposalQuery, proposalsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { Empty, Failure, Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { TextLine } from '../display/text-fields.tsx'
import { usePerson } from '../session/person.ts'
import { When } from '../time/when.tsx'
import { Comparison, Paragraphs } from './comparison.tsx'
import { DossierButton } from './dossier.tsx'
import { DryRun } from './dry-run.tsx'
import { SafetyReview } from './safety-review.tsx'
import { TrialButton } from './trial.tsx'

const touches = [
  'dossier',
  'proposals',
  'bundle',
  'scope-changes',
  'bundle-history',
  'assets',
  'requests',
  'grants',
  'sessions',
]

function Reject({ proposal, onClose }: { proposal: ProposalRow; onClose: () => void }) {
  const reject = useChange({
    run: (reason: string) => client.call('rejectProposal', { params: { id: proposal.id }, body: { reason } }),
    touches,
    says: 'The proposal is sent back.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title="Send this proposal back?"
      label="Reason"
      hint="Read by who proposed it, and kept as evidence."
      confirm="Send back"
      pending={reject.isPending}
      problem={reject.error}
      onConfirm={(reason) => reject.mutate(reason)}
      onClose={onClose}
    />
  )
}

interface AnswerProps {
  readonly proposal: ProposalRow
  readonly inForce: string
  /** What is missing of its safety review; null where nothing is. */
  readonly missing: string | null
}

function Answer({ proposal, inForce, missing }: AnswerProps) {
  const [rejecting, setRejecting] = useState(false)
  const [decision, setDecision] = useState('')
  const mine = usePerson().id === proposal.by?.id
  const params = { id: proposal.id }
  const activate = useChange({
    run: () =>
      client.call('activate', {
        params,
        body: { base: inForce, ...(decision.trim() === '' ? {} : { decision: decision.trim() }) },
      }),
    touches,
    says: 'The bundle is in force.',
  })
  const rebase = useChange({
    run: () => client.call('rebase', { params, body: { base: inForce } }),
    touches,
    says: 'The proposal stands on what is in force now.',
  })
  const withdraw = useChange({
    run: () => client.call('withdrawProposal', { params }),
    touches,
    says: 'The proposal is withdrawn.',
  })
  const failed = activate.error ?? rebase.error ?? withdraw.error
  return (
    <Stack gap="sm">
      {failed !== null && <Failure problem={failed} />}
      {(decision !== '' || (failed instanceof ApiProblem && failed.code === 'decision-missing')) && (
        <TextLine
          label="Reference of the committee's decision"
          maxLength={120}
          value={decision}
          onChange={setDecision}
        />
      )}
      <Group justify="flex-end" gap="sm">
        {mine && !proposal.outdated && (
          <Text size="sm" c="dimmed">
            Another person activates what you proposed.
          </Text>
        )}
        {mine ? (
          <Button variant="default" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
            Withdraw
          </Button>
        ) : (
          <Button variant="default" onClick={() => setRejecting(true)}>
            Send back
          </Button>
        )}
        {proposal.outdated ? (
          <Button loading={rebase.isPending} onClick={() => rebase.mutate()}>
            Put it on what is in force
          </Button>
        ) : (
          <Button
            loading={activate.isPending}
            disabled={!proposal.mayActivate || missing !== null}
            leftSection={<IconCheck size={16} aria-hidden />}
            onClick={() => activate.mutate()}
          >
            Activate
          </Button>
        )}
      </Group>
      {rejecting && <Reject proposal={proposal} onClose={() => setRejecting(false)} />}
    </Stack>
  )
}

function Proposal({ row, inForce }: { row: ProposalRow; inForce: string }) {
  const read = useQuery(proposalQuery(row.id))
  const { roles } = usePerson()
  const isHand = roles.some((role) => role === 'isms-manager' || role === 'admin')
  return (
    <article className="sp-card" aria-label={`Proposal: ${row.comment}`}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start">
          <div>
            <Text fw={600}>{row.comment}</Text>
            <Text size="sm" c="dimmed" component="div">
              {row.by === null ? 'Found in the configured folder' : `Proposed by ${row.by.displayName}`},{' '}
              <When at={row.at} />, scope {row.scopeVersion}, <code>{row.bundle.slice(0, 12)}</code>
            </Text>
          </div>
          <Group gap="sm">
            {row.outdated && <Badge of={{ word: 'Outdated', tone: 'warn', mark: 'alert' }} />}
            {(isHand || roles.includes('safety-engineer')) && <TrialButton id={row.id} about={row.comment} />}
            <DossierButton id={row.id} about={row.comment} />
          </Group>
        </Group>
        <Facts
          names="long"
          of={[
            ['Change', row.change],
            ['Way back', row.rollback],
          ]}
        />
        <Loaded from={read} rows={2}>
          {(view) => (
            <>
              {view.since.length > 0 && (
                <div className="sp-block" role="status">
                  <b>Changed since it was made; activating it takes this back where it says otherwise:</b>
                  <Paragraphs of={view.since} />
                </div>
              )}
              {view.comparison !== null && <Comparison comparison={view.comparison} />}
              {view.safety !== null && <SafetyReview view={view} safety={view.safety} />}
              {isHand && <DryRun proposal={row.id} about={row.comment} />}
            </>
          )}
        </Loaded>
        {isHand && <Answer proposal={row} inForce={inForce} missing={read.data?.safety?.missing ?? null} />}
      </Stack>
    </article>
  )
}

export function Proposals({ inForce }: { inForce: string }) {
  const proposals = useQuery(proposalsQuery)
  return (
    <Panel title="Proposed">
      <Loaded from={proposals} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconGitPullRequest size={28} />} title="No proposal waits" />
          ) : (
            <Stack gap="md">
              {items.map((row) => (
                <Proposal key={row.id} row={row} inForce={inForce} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Panel>
  )
}
