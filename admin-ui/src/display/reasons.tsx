// The policy's answer in words: which rules decided, what they say, which controls they serve, and what would have to
// change for another answer.

import { Alert } from '@mantine/core'
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import type { DecisionView } from '../../../gateway/contract/views.ts'
import { toSentence } from '../api/problem.ts'
import { readerZone, withLocalTimes } from '../time/plant-time.ts'

/** What would have to change for a permit; nothing where nobody can say. */
function Remedies({ decision }: { decision: DecisionView }) {
  if (decision.remedies.length === 0) return null
  return (
    <div className="sp-remedies">
      <strong>What would change the answer</strong>
      <ul className="sp-reasons">
        {decision.remedies.map(({ kind, text }) => (
          <li key={`${kind} ${text}`}>{withLocalTimes(toSentence(text), readerZone())}</li>
        ))}
      </ul>
    </div>
  )
}

/** The reasons of a decision, one line each, with what a permit obliges to or what a refusal would need. */
export function Reasons({ decision }: { decision: DecisionView }) {
  return (
    <>
      <ul className="sp-reasons">
        {decision.reasons.map((reason) => (
          <li key={`${reason.rule} ${reason.text}`}>
            <span>{withLocalTimes(toSentence(reason.text), readerZone())}</span>
            <span className="sp-rule">
              rule <code>{reason.rule}</code>
              {reason.controls.length > 0 && <> · {reason.controls.join(', ')}</>}
            </span>
          </li>
        ))}
        {decision.obligations.map(({ kind, text }) => (
          <li key={`must ${kind}`}>{toSentence(text)}</li>
        ))}
        {decision.watched.map(({ rule, text }) => (
          <li key={`watched ${rule}`}>{text}</li>
        ))}
        {decision.unavailable.length > 0 && <li>Does not work now: {decision.unavailable.join(', ')}.</li>}
        {decision.leansOn.length > 0 && <li>It leans on shared services: {decision.leansOn.join(', ')}.</li>}
        {decision.exceptions.length > 0 && <li>An exception is in force: {decision.exceptions.join(', ')}.</li>}
      </ul>
      <Remedies decision={decision} />
    </>
  )
}

interface VerdictProps {
  readonly decision: DecisionView
  readonly permit: string
  readonly deny: string
}

/** A decision with its heading: `permit` or `deny` is the heading that fits. */
export function Verdict({ decision, permit, deny }: VerdictProps) {
  const permitted = decision.kind === 'permit'
  const Icon = permitted ? IconShieldCheck : IconShieldX
  return (
    <div className="sp-verdict" data-tone={permitted ? 'good' : 'bad'}>
      <p>
        <Icon size={18} aria-hidden />
        <strong>{permitted ? permit : deny}</strong>
      </p>
      <Reasons decision={decision} />
    </div>
  )
}

/** A refusal by policy, where somebody has just tried something. */
export function Refusal({ title, decision }: { title: string; decision: DecisionView }) {
  return (
    <Alert role="alert" color="danger" variant="light" className="sp-alert" title={title} icon={<IconShieldX />}>
      <Reasons decision={decision} />
    </Alert>
  )
}
