import { describe, expect, it } from 'vitest'

import { describe as inWords, mayPass, toProblem, toSentence, unreachable } from '../../../admin-ui/src/api/problem.ts'

describe('a problem in words', () => {
  it('is the gateway’s clause as a sentence', () => {
    expect(
      inWords(toProblem(409, { code: 'state-conflict', message: 'the state changed meanwhile: read it again' })),
    ).toBe('The state changed meanwhile: read it again.')
  })

  it('keeps a full stop or question mark that is there', () => {
    expect(toSentence('is it on?')).toBe('Is it on?')
    expect(toSentence('Done.')).toBe('Done.')
    expect(toSentence('  ')).toBe('')
  })

  it.each([null, 'text', 42, {}, { code: 1, message: 'x' }, { message: 'x' }])('needs no view to exist: %j', (body) => {
    expect(toProblem(500, body).message).toContain('answered 500')
  })

  it('does not show the text of a fault of the page', () => {
    expect(inWords(new TypeError('cannot read properties of undefined'))).not.toContain('undefined')
  })
})

describe('trying again', () => {
  it('may help where nothing was answered, or the gateway itself failed', () => {
    expect(mayPass(unreachable(null))).toBe(true)
    expect(mayPass(toProblem(503, null))).toBe(true)
    expect(mayPass(toProblem(429, null))).toBe(true)
  })

  it('does not help against a refusal', () => {
    expect(mayPass(toProblem(403, null))).toBe(false)
    expect(mayPass(new Error('other'))).toBe(false)
  })
})
