// Answers as JSON: each schema of the contract can be compiled, which the listener does when it first needs one, and what
// a schema does not name stays inside.

import { describe, expect, it } from 'vitest'
import Type from 'typebox'

import { answerWriter, compileAnswer } from '../../../gateway/api/answers.ts'
import { answers } from '../../../gateway/contract/calls.ts'

describe('the answers of the contract', () => {
  it.each(Object.entries(answers))('can be written: %s', (_name, schema) => {
    expect(() => compileAnswer(schema)).not.toThrow()
  })
})

describe('an answer', () => {
  const schema = Type.Object({ name: Type.String(), within: Type.Optional(Type.Object({ count: Type.Integer() })) })

  it('has what its schema names and nothing else, the first time and later', () => {
    const write = answerWriter({ schema })
    const answer = { name: 'ews-1', secret: 'x', within: { count: 2, secret: 'y' } }
    expect(write(answer)).toBe('{"name":"ews-1","within":{"count":2}}')
    expect(write({ name: 'ews-2', secret: 'x' })).toBe('{"name":"ews-2"}')
  })

  it('is not written where it lacks what its schema wants', () => {
    expect(() => answerWriter({ schema })({ within: { count: 2 } })).toThrow('"name" is required')
  })

  it('costs nothing before it is asked for, whatever its schema is', () => {
    const write = answerWriter({ schema: { type: 'no type' } })
    expect(() => write({})).toThrow('schema is invalid')
  })
})
