// Hands out the codes of people who log in side by side, one at a time: a further code may move the clock of the stage on,
// and with it a code that somebody else was handed and has not typed yet would be over.

import { setTimeout as pause } from 'node:timers/promises'

import type { EvidenceView } from '../../../gateway/contract/views.ts'
import type { GatewayStage } from '../../support/gateway-stage.ts'

export interface CodeDesk {
  /** A code that is good until it is used. The person's next one comes when it was. */
  code(login: string): Promise<string>
}

const ends = ['auth.succeeded', 'auth.failed', 'auth.mfa_failed']
/** How long a code may lie about unused: who does not log in after all must not keep the others waiting. */
const patienceMs = 12_000
const lookEveryMs = 80

export function openDesk(stage: GatewayStage): CodeDesk {
  let turn: Promise<unknown> = Promise.resolve()

  /** The newest of their logins, or attempts at one. Asked often, so that it must not cost more the longer the run is. */
  async function newest(login: string): Promise<number> {
    const { id } = stage.person(login).person
    const auditor = await stage.api('auditor')
    const query = new URLSearchParams({ types: ends.join(','), limit: '40' })
    const { items } = await auditor.ok<{ items: readonly EvidenceView[] }>('GET', `/evidence?${query.toString()}`)
    return items.find(({ data }) => data['person'] === id)?.index ?? -1
  }

  /** Until this person has logged in once more. */
  async function isUsed(login: string, before: number): Promise<void> {
    const deadline = performance.now() + patienceMs
    while ((await newest(login)) <= before && performance.now() < deadline) await pause(lookEveryMs)
  }

  return {
    code(login) {
      const handed = turn.then(async () => {
        const before = await newest(login)
        return { code: stage.code(login), before }
      })
      turn = handed.then(({ before }) => isUsed(login, before)).catch(() => undefined)
      return handed.then(({ code }) => code)
    },
  }
}
