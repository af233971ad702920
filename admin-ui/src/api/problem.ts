// What can go wrong between the page and the gateway, as one kind of error with words for a person. The gateway's own
// words (ProblemView) are shown as they are; only what never reached it gets words from here.

import type { DecisionView, ProblemView, RefusedAssetView } from '../../../gateway/contract/views.ts'

/** A refusal or failure of one call. `status` is 0 where no answer came. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly decision: DecisionView | null
  readonly problems: readonly string[]
  /** Of several assets asked for together, those that policy refuses, and what may be asked for without them. */
  readonly refused: readonly RefusedAssetView[]
  readonly offered: readonly string[]

  constructor(status: number, view: ProblemView, cause?: unknown) {
    super(view.message, cause === undefined ? undefined : { cause })
    this.name = 'ApiProblem'
    this.status = status
    this.code = view.code
    this.decision = view.decision ?? null
    this.problems = view.problems ?? []
    this.refused = view.refused ?? []
    this.offered = view.offered ?? []
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function isProblemView(body: unknown): body is ProblemView {
  return isRecord(body) && typeof body['code'] === 'string' && typeof body['message'] === 'string'
}

/** The error for an answer that is not a success. A body that is no ProblemView came from something in between. */
export function toProblem(status: number, body: unknown): ApiProblem {
  if (isProblemView(body)) return new ApiProblem(status, body)
  return new ApiProblem(status, {
    code: 'unexpected-answer',
    message: `the gateway answered ${status} without saying why: try again, and tell its administrator if it stays`,
  })
}

/** The error for a call that got no answer at all. */
export function unreachable(cause: unknown): ApiProblem {
  return new ApiProblem(
    0,
    { code: 'unreachable', message: 'the gateway cannot be reached: check your connection and try again' },
    cause,
  )
}

/** The gateway's lower-case clause as a sentence for the page. */
export function toSentence(clause: string): string {
  const text = clause.trim()
  if (text === '') return ''
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(capital) ? capital : `${capital}.`
}

/** Any thrown value in words for a person. */
export function describe(problem: unknown): string {
  return problem instanceof ApiProblem
    ? toSentence(problem.message)
    : 'Something went wrong on this page. Reload it and try again.'
}

/** True where trying the same again may help: no answer, or a failure of the gateway itself. */
export const mayPass = (problem: unknown): boolean =>
  problem instanceof ApiProblem && (problem.status === 0 || problem.status >= 500 || problem.status === 429)
