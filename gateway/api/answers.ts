// Writes answers as JSON by the schemas of their routes: what a schema does not name is left out. As fastify does it by
// itself, but a schema is compiled when its first answer is written: compiling all of them takes longer than all else
// that a gateway does when it starts. That each can be compiled is a test's to show, for every route of the contract.

import build from 'fast-json-stringify'
import type { TSchema } from 'typebox'

/** Handed to fastify as its serializer compiler. */
export function answerWriter({ schema }: { readonly schema: TSchema }): (answer: unknown) => string {
  let write: ((answer: unknown) => string) | null = null
  return (answer) => {
    write ??= compileAnswer(schema)
    return write(answer)
  }
}

/** @throws for a schema that JSON cannot be written by. */
export function compileAnswer(schema: TSchema): (answer: unknown) => string {
  const write = build(schema)
  return (answer) => {
    const text: unknown = write(answer)
    if (typeof text !== 'string') throw new TypeError('fast-json-stringify wrote no text')
    return text
  }
}
