// How deep a policy may be nested. The engine recurses, and where its stack ends it does not refuse but trap: some 130
// brackets inside each other while it reads, some 300 chained operators while it evaluates. What comes near is refused
// before it gets there; no rule that people can read does.

import type { CedarFault } from './engine.ts'

/** Brackets inside each other. */
const deepestBrackets = 48
/** Words and signs of one policy: its text is looked at before it is taken apart. */
const mostTokens = 8_000
/** Levels of a policy in Cedar's JSON form; a chained operator takes two. The engine writes out 128 at most. */
export const deepestPolicy = 110

const token = /"(?:[^"\\]|\\[\s\S])*"|\/\/[^\n]*|[A-Za-z0-9_]+|\s+|[\s\S]/g

/** The first place where a file's text goes too deep or on too long, or null. Knows Cedar's strings and comments only. */
export function faultInDepth(text: string): CedarFault | null {
  let depth = 0
  let tokens = 0
  for (const { 0: part, index } of text.matchAll(token)) {
    if (/^(?:\s|\/\/)/.test(part)) continue
    const fault = (message: string): CedarFault => ({ message, offset: Buffer.byteLength(text.slice(0, index)) })
    tokens += 1
    if (tokens > mostTokens) return fault(`expected at most ${mostTokens} words and signs in one policy`)
    if (part === ';') tokens = 0
    else if ('([{'.includes(part)) depth += 1
    else if (')]}'.includes(part)) depth -= 1
    if (depth > deepestBrackets) return fault(`expected at most ${deepestBrackets} brackets inside each other`)
  }
  return null
}

/** Levels of a value: 0 for a scalar. Walks without recursing. */
export function depthOf(value: unknown): number {
  let level: readonly unknown[] = [value]
  for (let depth = 0; ; depth += 1) {
    const inner = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []))
    const isDeeper = level.some((each) => typeof each === 'object' && each !== null)
    if (!isDeeper) return depth
    level = inner
  }
}
