// Invariants about the grant a connection rests on.

import { quote } from '../ids.ts'
import type { GuardRule } from '../rules.ts'
import { nextUse } from '../schedule.ts'
import { doesGrantFit, type Situation } from '../situation.ts'
import { isInside, show } from '../window.ts'
import { finding, type Finding, type Guard } from './guard.ts'

const controls = ['GW-ACC-02']

export const grantGuards = {
  'grant-missing': {
    controls,
    check: ({ action, asset, grant }) =>
      action === 'connect' && grant === null
        ? finding(
            `you hold no open grant for asset ${quote(asset.id)}`,
            'grant',
            'request access and wait for the approval',
          )
        : null,
  },
  'grant-mismatch': {
    controls,
    check: (situation) => {
      const { grant, asset, protocol } = situation
      return grant === null || doesGrantFit(grant, situation)
        ? null
        : finding(
            `the grant is not for you, asset ${quote(asset.id)} and ${quote(protocol)} together`,
            'grant',
            'request access to it',
          )
    },
  },
  'grant-closed': {
    controls,
    check: ({ grant }) => {
      if (grant === null || grant.kind === 'open') return null
      return grant.kind === 'revoked'
        ? finding(`the grant was revoked at ${show(grant.at)}`, 'grant', 'ask who revoked it, or request access anew')
        : finding(`the grant expired at ${show(grant.at)}`, 'grant', 'request access anew')
    },
  },
  'grant-outside-window': { controls, check: outsideWindow },
} as const satisfies Partial<Record<GuardRule, Guard>>

function outsideWindow({ grant, usable, facts: { now } }: Situation): Finding | null {
  if (grant === null || usable !== null) return null
  const next = nextUse(grant, now)
  const wait = next === null ? 'request access anew' : `wait until ${show(next.from)}`
  const { from, until } = grant.window
  return isInside(grant.window, now)
    ? finding(`the grant holds only at its times of day, and it is ${show(now)}`, 'schedule', wait)
    : finding(`the grant holds from ${show(from)} to ${show(until)}, and it is ${show(now)}`, 'window', wait)
}
