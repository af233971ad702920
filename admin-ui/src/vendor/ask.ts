// From what somebody typed into the form to an access request, or to what is still missing. Pure: the time comes in.
// What policy thinks of it is the gateway's to say; when access is wanted is read in when-asked.ts.

import type { RequestBody } from '../../../gateway/contract/bodies.ts'
import type { AccessRulesView, AssetView, TierView } from '../../../gateway/contract/views.ts'
import { composeTransfer, type TransferDraft } from './transfer-asked.ts'
import { composeWhen, type WhenDraft, type WhenField } from './when-asked.ts'

export interface DeclaredFile {
  readonly name: string
  /** 64 hex digits. */
  readonly sha256: string
}

export interface AskDraft extends WhenDraft, TransferDraft {
  readonly asset: string
  /** Further assets of the same plant. */
  readonly others: readonly string[]
  /** Login of the machine account that would use it; empty for the person who asks. */
  readonly user: string
  readonly operationClass: string
  /** What is asked for where the asset has it; else what the asset has. */
  readonly protocol: RequestBody['protocol']
  readonly tier: TierView
  /** Ids of the tier's criteria that are ticked. */
  readonly criteria: readonly string[]
  readonly purpose: string
  readonly ticket: string
  readonly rollback: string
  readonly files: readonly DeclaredFile[]
}

export const emptyDraft: AskDraft = {
  asset: '',
  others: [],
  user: '',
  operationClass: 'operate',
  protocol: 'ssh',
  tier: 'normal',
  criteria: [],
  start: 'now',
  startAt: '',
  duration: '1 h',
  within: '24 h',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  dayFrom: '09:00',
  dayUntil: '18:00',
  firstDay: '',
  lastDay: '',
  purpose: '',
  ticket: '',
  rollback: '',
  files: [],
  transfer: 'none',
  paths: '',
  deletes: false,
}

export type AskField = 'asset' | 'operationClass' | 'purpose' | 'criteria' | 'rollback' | 'paths' | WhenField
export type AskProblems = Readonly<Partial<Record<AskField, string>>>
export type TierRules = AccessRulesView['tiers'][number]

const classes = ['observe', 'operate', 'engineer'] as const
const isClass = (value: string): value is RequestBody['operationClass'] => classes.some((each) => each === value)

/** What a request may be for, in the order it is offered. */
export const askedProtocols = ['ssh', 'telnet', 'tcp'] as const satisfies readonly RequestBody['protocol'][]

/** By what the asset would be reached, of what it declares. */
export function protocolFor({ protocol }: Pick<AskDraft, 'protocol'>, asset: AssetView): RequestBody['protocol'] {
  const [other] = askedProtocols.filter((each) => asset.protocols.includes(each))
  return asset.protocols.includes(protocol) ? protocol : (other ?? protocol)
}

export type ComposedAsk =
  | { readonly kind: 'ok'; readonly body: RequestBody }
  | { readonly kind: 'incomplete'; readonly problems: AskProblems }

/** The whole request, or every problem at once. `rules`: what the tier demands; null while it is not known. */
export function composeAsk(
  draft: AskDraft,
  asset: AssetView | null,
  rules: TierRules | null,
  now: number,
): ComposedAsk {
  const composed = asset === null ? null : composeWhen(draft, asset, now)
  const when = composed?.when ?? null
  const { operationClass, tier } = draft
  // Files cross a session of SSH, and no other.
  const files = asset !== null && protocolFor(draft, asset) === 'ssh' ? asset.files : null
  const crossing = asset === null ? null : composeTransfer(draft, { ...asset, files })
  const criteria = (rules?.criteria ?? []).map(({ id }) => id).filter((id) => draft.criteria.includes(id))
  const problems: AskProblems = {
    ...(asset === null ? { asset: 'Choose the asset you need.' } : {}),
    ...(isClass(operationClass) ? {} : { operationClass: 'Choose what you will do.' }),
    ...(asset !== null && operationClass === 'observe' && protocolFor(draft, asset) === 'tcp'
      ? { operationClass: 'Nobody can tell looking from doing in a tunnel: choose Operate or Engineer.' }
      : {}),
    ...composed?.problems,
    ...(criteria.length < (rules?.criteria.length ?? 0) ? { criteria: 'All of these have to be true for it.' } : {}),
    ...(rules?.rollback === true && draft.rollback.trim() === ''
      ? { rollback: 'Say how the change is undone; this kind of change needs it.' }
      : {}),
    ...(crossing?.kind === 'problem' ? { paths: crossing.text } : {}),
    ...(draft.purpose.trim() === '' ? { purpose: 'Say what will be done; the approver decides on this.' } : {}),
  }
  if (asset === null || !isClass(operationClass) || when === null || Object.keys(problems).length > 0) {
    return { kind: 'incomplete', problems }
  }
  return {
    kind: 'ok',
    body: {
      assets: [asset.id, ...draft.others.filter((other) => other !== asset.id)],
      protocol: protocolFor(draft, asset),
      operationClass,
      when,
      tier,
      criteria,
      purpose: draft.purpose.trim(),
      ticket: draft.ticket.trim(),
      rollback: draft.rollback.trim(),
      files: draft.files.map(({ name, sha256 }) => ({ name, sha256 })),
      ...(crossing?.kind === 'ok' && crossing.transfer !== null ? { transfer: crossing.transfer } : {}),
      ...(draft.user === '' ? {} : { for: draft.user }),
    },
  }
}

/** Durations offered as one press: the common ones that the plant allows, and its longest. */
export function offeredMinutes(longest: number): readonly number[] {
  const common = [30, 60, 120, 240].filter((minutes) => minutes < longest)
  return [...common, longest]
}
