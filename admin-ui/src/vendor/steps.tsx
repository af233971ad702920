// The life of a request as steps: asked, decided, open, over. What has happened and what comes next.

import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { RequestView } from '../../../gateway/contract/views.ts'
import { Sign } from '../display/badge.tsx'
import { grantWords, requestWords, type Mark, type Tone } from '../display/words.ts'
import { When } from '../time/when.tsx'

interface Step {
  readonly key: string
  readonly title: string
  readonly tone: Tone
  readonly mark: Mark
  readonly body: ReactNode
}

/** Whose yes is still missing, in the words of the needs. */
function waitingFor({ needs, expiresAt, timeZone }: RequestView): ReactNode {
  const open = needs.filter(({ metBy }) => metBy === null).map(({ text }) => text)
  return (
    <>
      {open.length === 0 ? 'An approver of the plant decides.' : `Needed: ${open.join('; ')}.`} If nobody decides it
      expires <When at={expiresAt} zone={timeZone} />.
    </>
  )
}

function decided(request: RequestView): readonly Step[] {
  const verdicts = request.approvals.map((approval): Step => {
    const yes = approval.verdict === 'approve'
    return {
      key: `${approval.by.id} ${approval.at}`,
      title: `${yes ? 'Approved' : 'Refused'} by ${approval.by.displayName}`,
      tone: approval.lapsed !== null ? 'warn' : yes ? 'good' : 'bad',
      mark: approval.lapsed !== null ? 'alert' : yes ? 'check' : 'cross',
      body: (
        <>
          <When at={approval.at} zone={request.timeZone} />
          {approval.lapsed !== null && <> No longer counts: {approval.lapsed}.</>}
          {approval.comment !== '' && <blockquote>{approval.comment}</blockquote>}
        </>
      ),
    }
  })
  if (request.state === 'submitted') {
    return [
      ...verdicts,
      {
        key: 'wait',
        title: requestWords.submitted.word,
        tone: 'info',
        mark: 'clock',
        body: waitingFor(request),
      },
    ]
  }
  if (request.state === 'withdrawn' || request.state === 'expired') {
    const { word, tone, mark } = requestWords[request.state]
    const body = request.state === 'expired' ? 'Nobody decided in time.' : 'You took it back.'
    return [...verdicts, { key: 'end', title: word, tone, mark, body }]
  }
  return verdicts
}

function granted(request: RequestView): readonly Step[] {
  const { grant, timeZone } = request
  if (grant === null) return []
  const { word, tone, mark } = grantWords[grant.state]
  const body =
    grant.state === 'scheduled' ? (
      <>
        Opens <When at={grant.window.from} zone={timeZone} />
      </>
    ) : grant.state === 'active' ? (
      <>
        Closes <When at={grant.window.until} zone={timeZone} />
      </>
    ) : (
      (grant.reason ?? <When at={grant.window.until} zone={timeZone} />)
    )
  return [{ key: 'grant', title: `Access: ${word.toLowerCase()}`, tone, mark, body }]
}

/** The steps of one request, oldest first. */
export function Steps({ request }: { request: RequestView }) {
  const asked: Step = {
    key: 'asked',
    title: `Asked by ${request.by.displayName}`,
    tone: 'good',
    mark: 'check',
    body: <When at={request.submittedAt} zone={request.timeZone} />,
  }
  return (
    <ol className="sp-steps">
      {[asked, ...decided(request), ...granted(request)].map((step) => (
        <li key={step.key} data-tone={step.tone}>
          <span className="sp-step-sign">
            <Sign mark={step.mark} size={18} />
          </span>
          <div>
            <Text fw={600} size="sm">
              {step.title}
            </Text>
            <Text size="sm" component="div">
              {step.body}
            </Text>
          </div>
        </li>
      ))}
    </ol>
  )
}
