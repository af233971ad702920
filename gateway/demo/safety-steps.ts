// The scripted demo at a safety system: refused, with what would have to change for it.

import type { RequestBody } from '../contract/bodies.ts'
import type { ProblemView } from '../contract/views.ts'
import { ensure } from './access-steps.ts'
import type { Actors } from './actors.ts'
import { problemOf } from './api-visitor.ts'
import type { Steps } from './steps.ts'

const asset = 'sis-1'

/** Plays it. @throws StepFailed with the step that went wrong. */
export async function playSafety(steps: Steps, actors: Actors): Promise<void> {
  await steps.run('safety', async () => {
    const engineer = await actors.visitor('engineer')
    const now = Date.now()
    const body: RequestBody = {
      assets: [asset],
      protocol: 'ssh',
      operationClass: 'observe',
      when: { kind: 'window', from: now, until: now + 3_600_000 },
      purpose: 'read the trip log of the emergency shutdown',
      ticket: '',
    }
    const answer = await engineer.call<ProblemView>('POST', '/requests', body)
    ensure(answer.status === 403, 'a refusal (403)', `status ${answer.status}`)
    const { reasons = [], remedies = [] } = answer.json().decision ?? {}
    ensure(remedies.length > 0, 'a refusal that says what would have to change', problemOf(answer))
    return {
      value: null,
      line: `engineer asks for ${asset}, a safety system, and is refused; what stands in the way, and what would have to change:`,
      details: [...reasons.map(({ rule, text }) => `- ${rule}: ${text}`), ...remedies.map(({ text }) => `+ ${text}`)],
    }
  })
}
