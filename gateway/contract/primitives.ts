// Schemas that are no view of their own.

import { Type } from 'typebox'

export const Instant = Type.Integer({ minimum: 0, description: 'milliseconds since 1970-01-01T00:00:00Z' })
export const closed = { additionalProperties: false } as const
export const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])

/** Of control characters only line ends and tabs: anything else acts on a terminal, or cannot be stored everywhere. */
const noteForm = '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$'
const wordsForm = `^(?=[^]*\\S)${noteForm.slice(1)}`

/** What was expected where a pattern does not fit, in words. */
export const expectedForms: Readonly<Record<string, string>> = {
  [noteForm]: 'expected words without control characters',
  [wordsForm]: 'expected words without control characters, and not only white space',
}

/** Words that a person writes for others to read; they may be left empty. */
export const Note = (maxLength: number, description?: string) =>
  Type.String({ maxLength, pattern: noteForm, ...(description === undefined ? {} : { description }) })

/** Words that somebody must write for others to read. */
export const Words = (maxLength: number, description: string) =>
  Type.String({ maxLength, pattern: wordsForm, description })
