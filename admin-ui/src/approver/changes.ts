// What an approver makes less of a request, from the fields of the dialog. Pure.

import type { ApproveBody } from '../../../gateway/contract/bodies.ts'
import type { RequestView } from '../../../gateway/contract/views.ts'
import { narrowWindow } from './window.ts'

type OperationClass = RequestView['operationClass']
const classes = ['observe', 'operate', 'engineer'] as const

export interface Changes {
  readonly shorter: boolean
  /** `datetime-local` values on the plant's clock; used when `shorter` is set. */
  readonly from: string
  readonly until: string
  readonly operationClass: OperationClass
  readonly escort: boolean
  readonly conditions: string
  /** As asked, or less of it. */
  readonly files: 'asked' | 'fetch' | 'none'
}

/** The classes below one, the highest first. */
export const lowerClasses = (of: OperationClass): readonly OperationClass[] =>
  classes.slice(0, classes.indexOf(of)).toReversed()

/** Fetching alone is left over only where something is to be fetched and more than that is asked for. */
export function mayOnlyFetch(transfer: RequestView['terms']['transfer']): boolean {
  return transfer !== null && transfer.allow.includes('read') && transfer.allow.some((each) => !isLooking(each))
}

const isLooking = (each: string): boolean => each === 'list' || each === 'read'

function lessFiles(
  transfer: RequestView['terms']['transfer'],
  chosen: Changes['files'],
): Pick<NonNullable<ApproveBody['changes']>, 'transfer'> {
  if (transfer === null || chosen === 'asked') return {}
  if (chosen === 'none') return { transfer: null }
  return { transfer: { allow: transfer.allow.filter(isLooking), paths: transfer.paths } }
}

export type WantedChanges =
  | { readonly kind: 'none' }
  | { readonly kind: 'some'; readonly changes: NonNullable<ApproveBody['changes']> }
  | { readonly kind: 'problem'; readonly text: string }

/** What differs from the terms as they are; what is as it was is left out. */
export function changesOf({ terms, timeZone }: RequestView, chosen: Changes): WantedChanges {
  const narrowed = narrowWindow(terms.window, timeZone, chosen.from, chosen.until)
  if (chosen.shorter && narrowed.kind === 'problem') return narrowed
  const conditions = chosen.conditions.trim()
  const changes = {
    ...(chosen.shorter && narrowed.kind === 'ok' ? { window: narrowed.window } : {}),
    ...(chosen.operationClass === terms.operationClass ? {} : { operationClass: chosen.operationClass }),
    ...(chosen.escort && !terms.escort ? { escort: true as const } : {}),
    ...(conditions === '' ? {} : { conditions }),
    ...lessFiles(terms.transfer, chosen.files),
  }
  return Object.keys(changes).length === 0 ? { kind: 'none' } : { kind: 'some', changes }
}
