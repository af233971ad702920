// Invariants about files that are asked for: that the asset is open for files at all, that a rule might let them through,
// and that a machine account may carry any. What crosses in a session is judged file by file, by files.ts.

import { fileFeatures } from '../files.ts'
import { quote } from '../ids.ts'
import { machineRulesOf } from '../machine.ts'
import { endpointOf, standardFeatures } from '../model.ts'
import type { GuardRule } from '../rules.ts'
import type { Situation } from '../situation.ts'
import { unmetTransfer } from '../transfer.ts'
import { finding, type Finding, type Guard } from './guard.ts'

export const transferGuards = {
  'files-not-open': { controls: ['GW-NET-04'], check: notOpen },
  'files-not-allowed': { controls: ['GW-FIL-01'], check: notAllowed },
  'machine-files': { controls: ['GW-FIL-01'], check: notForMachine },
} as const satisfies Partial<Record<GuardRule, Guard>>

/** Asked once, and of the yes: a grant that stands goes on without files where a rule went. */
const isAsked = ({ action }: Situation): boolean => action === 'request' || action === 'approve'

function notOpen(situation: Situation): Finding | null {
  const { transfer, asset, protocol } = situation
  if (transfer === null || !isAsked(situation)) return null
  if (protocol !== 'ssh')
    return finding(
      `files cross sessions of \`ssh\` and no other: this one is asked for by ${quote(protocol)}`,
      'files',
      'ask without files, or by ssh',
    )
  const features = endpointOf(asset, 'ssh')?.features ?? standardFeatures
  if (features.some((each) => fileFeatures.includes(each))) return null
  return finding(
    `asset ${quote(asset.id)} is not open for files`,
    'files',
    `ask without files, or have its owner, ${asset.owner}, open it for ${fileFeatures.join(', ')}`,
  )
}

/** Where the paths are not kept any more there is nothing to hold against the rules. */
function notAllowed(situation: Situation): Finding | null {
  const { transfer, fileRules } = situation
  if (transfer === null || !isAsked(situation) || transfer.paths.length === 0) return null
  const unmet = unmetTransfer(transfer, fileRules)
  if (unmet === null) return null
  const open = [...new Set(fileRules.filter(({ allow }) => allow.length > 0).flatMap(({ paths }) => paths))]
  const next =
    open.length === 0 ? 'ask without files' : `ask for what the rules allow, in ${open.slice(0, 8).join(', ')}`
  return finding(unmet, 'files', next)
}

function notForMachine(situation: Situation): Finding | null {
  const { transfer, user, access } = situation
  if (transfer === null || user.machine === undefined || !isAsked(situation)) return null
  const rules = machineRulesOf(user.login, access)
  // One that is not named at all is refused for that.
  if (rules === null) return null
  const more =
    rules.files === undefined ? transfer.allow : transfer.allow.filter((each) => !rules.files?.allow.includes(each))
  if (more.length === 0) return null
  return finding(
    `access.yaml does not let machine account ${quote(user.login)} ${more.join(', ')} files`,
    'files',
    'ask without them, or have `files` of the account changed there',
  )
}
