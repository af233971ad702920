// The answer of a dry run: lines of JSON, progress first, the report last.

import type { DryRunLine, DryRunView } from '../../../gateway/contract/bundle-views.ts'
import { ApiProblem } from '../api/problem.ts'

const brokenOff = 'the dry run broke off before it was done: run it again'

/**
 * The report in the answer.
 * @throws ApiProblem where it broke off, with what the gateway says of it.
 */
export function reportOf(text: string): DryRunView {
  const line = lineOf(text.trimEnd().split('\n').at(-1) ?? '')
  if (line?.kind === 'report') return line.report
  throw new ApiProblem(500, { code: 'internal', message: line?.kind === 'failed' ? line.message : brokenOff })
}

/** Null where the answer was cut off in the middle of a line. */
function lineOf(text: string): DryRunLine | null {
  try {
    // The gateway writes every line from the type this is read as.
    return JSON.parse(text) as DryRunLine
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
