// What each route takes and answers, for the command line: the contract's schemas by route. What comes over the network
// is checked against them; fields a newer gateway adds are let go.

import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type {
  ApproveBody,
  DenyBody,
  ExportBody,
  ExtendBody,
  LoginBody,
  PurposeBody,
  ReasonBody,
  RequestBody,
} from '../contract/bodies.ts'
import {
  AssetView,
  GrantView,
  ListOf,
  MeView,
  ProblemView,
  RecordingView,
  ReplayView,
  RequestView,
  SessionView,
  StatusView,
} from '../contract/views.ts'

export const answers = {
  login: MeView,
  refresh: MeView,
  me: MeView,
  status: StatusView,
  assets: ListOf(AssetView),
  submit: RequestView,
  requests: ListOf(RequestView),
  request: RequestView,
  approve: RequestView,
  deny: RequestView,
  withdraw: RequestView,
  grants: ListOf(GrantView),
  revoke: GrantView,
  extend: GrantView,
  sessions: ListOf(SessionView),
  kill: SessionView,
  recordings: ListOf(RecordingView),
  recording: RecordingView,
  replay: ReplayView,
} as const
export type AnsweredRoute = keyof typeof answers
export type AnswerOf<Name extends AnsweredRoute> = Static<(typeof answers)[Name]>
export type ListRoute = 'assets' | 'requests' | 'grants' | 'sessions' | 'recordings'
export type ItemOf<Name extends ListRoute> = AnswerOf<Name>['items'][number]

interface Bodies {
  readonly login: LoginBody
  readonly submit: RequestBody
  readonly approve: ApproveBody
  readonly deny: DenyBody
  readonly revoke: ReasonBody
  readonly extend: ExtendBody
  readonly kill: ReasonBody
  readonly replay: PurposeBody
  readonly export: ExportBody
}
export type BodyOf<Name> = Name extends keyof Bodies ? Bodies[Name] : null

/** The value as the schema says, without fields it does not know; null when it is something else. */
export function readAs<T extends TSchema>(schema: T, value: unknown): Static<T> | null {
  const cleaned: unknown = Value.Clean(schema, value)
  return Value.Check(schema, cleaned) ? cleaned : null
}

export const problemSchema = ProblemView
