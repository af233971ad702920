// One request as an approver judges it between two meetings: who, what could go wrong, when, why, and what policy says.

import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { AssetView, RequestView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { toSentence } from '../api/problem.ts'
import { confirmationWord } from '../inventory/confirmation-word.ts'
import { Badge } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { MachineMark } from '../display/machine-mark.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { Reasons, Verdict } from '../display/reasons.tsx'
import {
  ticketWords,
  clearTextWord,
  criticalityWord,
  operationMeanings,
  protocolMeaning,
  requestWords,
  safetyWord,
  scopeWords,
  tierWords,
} from '../display/words.ts'
import { usePerson } from '../session/person.ts'
import { TimeLeft, When, WindowTimes } from '../time/when.tsx'
import { ApproveDialog } from './approve-dialog.tsx'
import { Needs } from './needs.tsx'
import { TransferFacts } from './transfer-facts.tsx'

function Danger({ asset, request }: { asset: AssetView; request: RequestView }) {
  const safety = safetyWord(asset.safety)
  const clear = clearTextWord(request.protocol)
  return (
    <div className="sp-badges">
      {request.tier !== 'normal' && <Badge of={tierWords[request.tier]} />}
      <Badge of={criticalityWord(asset.criticality)} />
      {safety === null ? (
        <Badge of={{ word: 'No safety function', tone: 'plain', mark: 'shield' }} />
      ) : (
        <Badge of={safety} />
      )}
      <Badge of={scopeWords[asset.scope]} />
      {clear !== null && <Badge of={clear} />}
    </div>
  )
}

/** How long an emergency has been waiting against what is aimed at. */
function Emergency({ emergency }: { emergency: NonNullable<RequestView['emergency']> }) {
  const { targetAt, alarmed } = emergency
  return (
    <p className="sp-notice" data-tone={alarmed ? 'bad' : 'warn'} role="status">
      <b>{alarmed ? 'This emergency has waited too long.' : 'An emergency waits.'}</b>{' '}
      {targetAt !== null && !alarmed && (
        <>
          Access is meant to be there in time: <TimeLeft until={targetAt} />.
        </>
      )}
    </p>
  )
}

/** How far somebody on this asset could get, in numbers an approver can weigh. */
/** Leg by leg; what the plant accepted beyond one boundary stands with its reason. */
function pathText({ path }: RequestView): string | null {
  if (path.length === 0) return null
  const legs = path.map(
    ({ from, toName, level, boundaries }) =>
      `${from === null ? 'outside ' : ''}\u2192 ${toName} (level ${level}${boundaries.length === 0 ? '' : `, across ${boundaries.join(' and ')}`})`,
  )
  const why = path.flatMap(({ spans }) => (spans === null ? [] : [`; accepted because ${spans}`]))
  return [...legs, ...why].join(' ').replaceAll(' ;', ';')
}

function reachText({ reach }: RequestView): string | null {
  if (reach === null) return null
  if (reach.assets === 0) return 'no further asset through the conduits that are open'
  const assets = `${reach.assets} further ${reach.assets === 1 ? 'asset' : 'assets'}`
  return `${assets} in ${reach.zones} ${reach.zones === 1 ? 'zone' : 'zones'}, through open conduits`
}

function DenyDialog({ request, onClose }: { request: RequestView; onClose: () => void }) {
  const deny = useChange({
    run: (comment: string) =>
      client.call('deny', { params: { id: request.id }, body: { digest: request.digest, comment } }),
    touches: ['requests'],
    says: 'The request is refused.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title={`Refuse access to ${request.assetName}`}
      label="Reason"
      hint="The requester reads this, and it is kept as evidence."
      confirm="Refuse request"
      danger
      pending={deny.isPending}
      problem={deny.error}
      onConfirm={(reason) => deny.mutate(reason)}
      onClose={onClose}
    >
      {request.by.displayName} asks to {request.operationClass}.
    </ReasonDialog>
  )
}

function Answer({ request }: { request: RequestView }) {
  const [open, setOpen] = useState<'approve' | 'deny' | null>(null)
  const own = usePerson().id === request.by.id
  const permitted = request.forMe?.kind === 'permit'
  const uncounted = permitted && request.myYes !== null && !request.myYes.counts ? request.myYes : null
  const narrows = uncounted?.narrows === true
  const roomy = useMediaQuery('(min-width: 48em)', true, { getInitialValueInEffect: false })
  return (
    <div className="sp-answer">
      <div className="sp-answer-why">
        <Needs request={request} />
        {request.forMe !== null && uncounted === null && (
          <Verdict decision={request.forMe} permit="You may approve this" deny="You may not approve this" />
        )}
        {uncounted !== null && (
          <p className="sp-notice" data-tone="info">
            {toSentence(uncounted.text)}
          </p>
        )}
        <details className="sp-legend" open={roomy}>
          <summary>
            {request.decision.kind === 'permit' ? 'Why policy permits the request' : 'Why policy refuses the request'}
          </summary>
          <Reasons decision={request.decision} />
        </details>
      </div>
      <Group gap="sm" grow className="sp-answer-buttons">
        {!own && (
          <Button
            variant="default"
            leftSection={<IconX size={16} aria-hidden />}
            aria-label={`Deny access to ${request.assetName} for ${request.by.displayName}`}
            onClick={() => setOpen('deny')}
          >
            Deny
          </Button>
        )}
        <Button
          disabled={!permitted || (uncounted !== null && !narrows)}
          leftSection={<IconCheck size={16} aria-hidden />}
          aria-label={`${narrows ? 'Grant less than before' : 'Approve access'} to ${request.assetName} for ${request.by.displayName}`}
          onClick={() => setOpen('approve')}
        >
          {narrows ? 'Grant less' : 'Approve'}
        </Button>
      </Group>
      {open === 'approve' && <ApproveDialog request={request} onClose={() => setOpen(null)} />}
      {open === 'deny' && <DenyDialog request={request} onClose={() => setOpen(null)} />}
    </div>
  )
}

function Decided({ request }: { request: RequestView }) {
  return (
    <Stack gap="sm">
      {request.approvals.map((approval) => (
        <Text size="sm" key={`${approval.by.id} ${approval.at}`} component="div">
          {approval.verdict === 'approve' ? 'Approved' : 'Refused'} by <b>{approval.by.displayName}</b>{' '}
          {approval.onBehalfOf !== null && <>for {approval.onBehalfOf.displayName} </>}
          <When at={approval.at} zone={request.timeZone} />
          {approval.lapsed !== null && <span className="sp-muted">, counted no longer: {approval.lapsed}</span>}
          {approval.comment !== '' && <blockquote>{approval.comment}</blockquote>}
        </Text>
      ))}
    </Stack>
  )
}

/** `asset` is null where the reader may not see it; the request is then shown without what it says. */
export function RequestCard({ request, asset }: { request: RequestView; asset: AssetView | null }) {
  return (
    <article
      className="sp-card sp-request"
      aria-label={`Request by ${request.by.displayName} for ${request.assetName}`}
    >
      <div className="sp-request-what">
        <Group justify="space-between" gap="xs" align="flex-start">
          <div>
            <Text size="sm">
              <b>{request.by.displayName}</b> of {request.by.supplierName ?? 'the plant'} asks for
            </Text>
            <MachineMark of={request.by} />
            {request.askedBy !== undefined && (
              <Text size="xs" c="dimmed">
                asked by {request.askedBy.displayName}
              </Text>
            )}
            <Title order={2}>{request.assetName}</Title>
          </div>
          <Badge of={requestWords[request.state]} />
        </Group>
        {asset !== null && <Danger asset={asset} request={request} />}
        {request.emergency !== null && request.state === 'submitted' && <Emergency emergency={request.emergency} />}
        <p className="sp-purpose">{request.purpose}</p>
        <Facts
          of={[
            ['When', <WindowTimes key="when" window={request.window} zone={request.timeZone} />],
            [
              'Starts',
              request.state === 'submitted' && <When key="starts" at={request.window.from} zone={request.timeZone} />,
            ],
            [
              'Access',
              <span key="access">
                <b>{request.operationClass}</b>
                <span className="sp-muted"> · {operationMeanings[request.operationClass]}</span>
              </span>,
            ],
            [
              'By',
              <span key="by">
                <b>{request.protocol.toUpperCase()}</b>
                <span className="sp-muted"> · {protocolMeaning(request.protocol)}</span>
              </span>,
            ],
            ['Way there', pathText(request)],
            ['From here', reachText(request)],
            [
              'Accepted risks',
              request.acceptedRisks.length > 0 && (
                <span key="risks">
                  {request.acceptedRisks.map(({ id, title, until }) => (
                    <span key={id} className="sp-block-line">
                      {title}{' '}
                      <span className="sp-muted">
                        ({id}, until {until})
                      </span>
                    </span>
                  ))}
                </span>
              ),
            ],
            ['How often', request.schedule.kind !== 'whole' && request.scheduleText],
            [
              'Terms',
              request.terms.changed && (
                <span key="terms">
                  changed by an approver: {request.terms.operationClass}
                  {request.transfer !== null && request.terms.transfer === null && ', without files'}
                  {request.transfer !== null &&
                    request.terms.transfer !== null &&
                    `, files: ${request.terms.transfer.allow.join(', ')} in ${request.terms.transfer.paths.join(', ')}`}
                  {request.terms.escort && ', with an escort'}
                  {request.terms.conditions !== '' && `, ${request.terms.conditions}`}
                </span>
              ),
            ],
            ['Files across', request.transfer !== null && <TransferFacts key="transfer" request={request} />],
            ['Standard change', request.standardChange?.title ?? null],
            ['Rollback', request.rollback],
            [
              'Files',
              request.files.length > 0 && (
                <span key="files">
                  {request.files.map(({ name, sha256 }) => (
                    <span key={name} className="sp-block-line" title={`SHA-256 ${sha256}`}>
                      {name} <code>{sha256.slice(0, 12)}…</code>
                    </span>
                  ))}
                </span>
              ),
            ],
            ['Confirmed', request.criteria.map(({ text }) => toSentence(text)).join(' ')],
            ['Where', asset === null ? request.plant : `${asset.plantName}, ${asset.zoneName} (level ${asset.level})`],
            ['Baseline', request.baseline],
            [
              'Walkdown',
              request.confirmation !== null && (
                <span key="walkdown">
                  {request.confirmation.state !== 'fresh' && (
                    <Badge of={confirmationWord(request.confirmation.state)} />
                  )}{' '}
                  {request.confirmation.state !== 'never' && toSentence(request.confirmation.text)}
                </span>
              ),
            ],
            [
              'Ticket',
              request.ticket === '' ? 'none given' : `${request.ticket} (${ticketWords(request.ticketState)})`,
            ],
            ['Asked', <When key="asked" at={request.submittedAt} zone={request.timeZone} />],
            [
              'Answer by',
              request.state === 'submitted' && <When key="by" at={request.expiresAt} zone={request.timeZone} />,
            ],
          ]}
        />
      </div>
      {request.state === 'submitted' ? (
        <Answer request={request} />
      ) : (
        <div className="sp-answer">
          <Decided request={request} />
        </div>
      )}
    </article>
  )
}
