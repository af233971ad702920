// What each step on an incident sends to the gateway.

import type { CustodyBody, EndAskingBody } from '../../../gateway/contract/incident-bodies.ts'
import type { IncidentView } from '../../../gateway/contract/views.ts'
import { client } from '../api/gateway.ts'
import { digestsOf } from './file-digests.ts'
import { severities } from './incident-words.ts'
import type { StepName } from './steps-asked.ts'

export const namesIn = (text: string): string[] => text.split(/[\s,]+/).filter((name) => name !== '')

const day = 24 * 3_600_000

/**
 * Takes the step, and answers with the incident as it is then.
 * @param of what stands in a field, trimmed.
 */
export async function takeStep(
  step: StepName,
  { id }: IncidentView,
  text: string,
  of: (name: string) => string,
  files: readonly File[],
): Promise<IncidentView> {
  const params = { id }
  switch (step.kind) {
    case 'note':
      return client.call('noteIncident', { params, body: { words: text } })
    case 'contain':
      return client.call('containIncident', { params, body: { words: text } })
    case 'assess-safety':
      return client.call('assessIncident', { params, body: { kind: 'safety', words: text } })
    case 'assess-production':
      return client.call('assessIncident', { params, body: { kind: 'production', words: text } })
    case 'hold':
      return client.call('holdIncident', { params, body: { reason: text } })
    case 'works':
      return client.call('closeIncidentAction', { params, body: { words: text } })
    case 'reported':
      return client.call('reportIncident', { params, body: { report: step.report, reference: text } })
    case 'assign':
      await client.call('assignIncident', { params, body: { to: of('to') } })
      return client.call('noteIncident', { params, body: { words: text } })
    case 'rate': {
      const severity = severities.find((each) => each === of('severity')) ?? 'medium'
      return client.call('rateIncident', { params, body: { severity, reason: text } })
    }
    case 'touch': {
      const named = (['assets', 'sessions', 'suppliers', 'plants'] as const).map((each) => [each, namesIn(of(each))])
      const body = Object.fromEntries(named.filter(([, names]) => (names?.length ?? 0) > 0))
      await client.call('touchIncident', { params, body })
      return client.call('noteIncident', { params, body: { words: text } })
    }
    case 'link':
      await client.call('linkIncident', { params, body: { suspension: of('suspension') } })
      return client.call('noteIncident', { params, body: { words: text } })
    case 'ask':
      return client.call('askEvidence', {
        params,
        body: { party: of('party'), what: of('what'), why: text, dueAt: Date.now() + Number(of('days')) * day },
      })
    case 'receive':
      return client.call('receiveEvidence', {
        params: { id: step.request },
        body: { files: await digestsOf(files), holder: of('holder'), place: text },
      })
    case 'end': {
      // INVARIANT: chosen from the outcomes there are.
      const outcome = of('outcome') as EndAskingBody['outcome']
      return client.call('endAsking', { params: { id: step.request }, body: { outcome, reason: text } })
    }
    case 'move': {
      // INVARIANT: chosen from the kinds there are.
      const kind = of('kind') as CustodyBody['kind']
      const body = { kind, to: of('to'), place: of('place'), purpose: text }
      return client.call('moveExhibit', { params: { id: step.exhibit }, body })
    }
    case 'close': {
      const what = of('action')
      return client.call('closeIncident', {
        params,
        body: {
          cause: of('cause'),
          lessons: text,
          ...(of('decision') === '' ? {} : { decision: of('decision') }),
          ...(what === ''
            ? {}
            : { action: { what, owner: of('owner'), dueAt: Date.now() + Number(of('days')) * day } }),
        },
      })
    }
  }
}
