// Reads what comes over the network, for the command line: the contract's schemas say what it has to be, and fields a newer
// gateway adds are let go. What each route takes and answers is the table in gateway/contract/calls.ts.

import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { DryRunLine } from '../contract/bundle-views.ts'
import type { AnswerOf } from '../contract/calls.ts'
import { ProblemView } from '../contract/views.ts'

export type ListRoute =
  | 'evidence'
  | 'interfaces'
  | 'information'
  | 'assets'
  | 'requests'
  | 'grants'
  | 'sessions'
  | 'recordings'
  | 'dueRecordings'
  | 'deletions'
  | 'erasures'
  | 'viewings'
  | 'files'
  | 'incidents'
  | 'bundleHistory'
  | 'proposals'
  | 'platformReleases'
  | 'scopeChanges'
export type ItemOf<Name extends ListRoute> = AnswerOf<Name>['items'][number]

/** The value as the schema says, without fields it does not know; null when it is something else. */
export function readAs<T extends TSchema>(schema: T, value: unknown): Static<T> | null {
  const cleaned: unknown = Value.Clean(schema, value)
  return Value.Check(schema, cleaned) ? cleaned : null
}

export const problemSchema = ProblemView
/** One line of a dry run's answer. */
export const dryRunLine = DryRunLine
