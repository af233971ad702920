// The answer of a dry run: the report is its last line, and an answer that broke off is a problem with words.

import { describe, expect, it } from 'vitest'
import { ApiProblem } from '../../../admin-ui/src/api/problem.ts'
import { reportOf } from '../../../admin-ui/src/rules/dry-run-answer.ts'

const report = {
  bundle: 'b',
  from: 1,
  until: 2,
  decisions: 3,
  rebuilt: 3,
  notRebuilt: [],
  nowDenied: { count: 0, groups: [] },
  nowPermitted: { count: 0, groups: [] },
  otherRules: 0,
}
const progress = JSON.stringify({ kind: 'progress', done: 1, total: 3 })
const last = JSON.stringify({ kind: 'report', report })

describe('the answer of a dry run', () => {
  it('holds the report in its last line', () => {
    expect(reportOf(`${progress}\n${last}\n`)).toEqual(report)
  })

  it.each([
    [
      'a failure',
      `${progress}\n${JSON.stringify({ kind: 'failed', message: 'the log has the details' })}\n`,
      'the log',
    ],
    ['an end before the report', `${progress}\n`, 'broke off'],
    ['an end in the middle of a line', `${progress}\n${last.slice(0, 40)}`, 'broke off'],
    ['nothing', '', 'broke off'],
  ])('is a problem with words after %s', (_what, text, words) => {
    expect(() => reportOf(text)).toThrow(ApiProblem)
    expect(() => reportOf(text)).toThrow(words)
  })
})
