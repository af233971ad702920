// The engine's WebAssembly instance, and another one in its place when it has trapped. A trap leaves the instance's stack
// where it was: every later call would fail as well, and with it every decision. What had been kept in the old instance
// is put into the new one, so that whoever asks next is answered.

import { createRequire } from 'node:module'
import type * as Engine from '@cedar-policy/cedar-wasm/nodejs'

export type CedarEngine = typeof Engine

const require = createRequire(import.meta.url)
const path = require.resolve('@cedar-policy/cedar-wasm/nodejs')

function load(): CedarEngine {
  // The module instantiates once and is cached: a second instance is a second load.
  delete require.cache[path]
  return require(path) as CedarEngine
}

let current = load()
/** What was put into the instance, by name, and has to be again. */
const kept = new Map<string, (engine: CedarEngine) => unknown>()

/** Did the engine break, and not only refuse? Its own refusals are plain errors. */
function isTrap(error: unknown): boolean {
  // A WebAssembly.RuntimeError, known by its name; or out of JavaScript's stack in the middle of a call.
  return error instanceof Error && (error.name === 'RuntimeError' || error instanceof RangeError)
}

/** One call. @throws what the engine throws; after a trap the next call has a sound instance. */
export function callEngine<T>(call: (engine: CedarEngine) => T): T {
  try {
    return call(current)
  } catch (error) {
    if (isTrap(error)) replace()
    throw error
  }
}

/** One call whose effect stays: made again in the instance that follows, under the name; null takes it out of that. */
export function callAndKeep<T>(name: string, call: (engine: CedarEngine) => T, isKept: boolean): T {
  const answer = callEngine(call)
  if (isKept) kept.set(name, call)
  else kept.delete(name)
  return answer
}

function replace(): void {
  current = load()
  for (const [name, call] of kept) {
    try {
      call(current)
    } catch (error) {
      // What breaks a fresh instance is what broke the last one: it stays out, and who asks it is refused.
      if (!isTrap(error)) throw error
      kept.delete(name)
      current = load()
      return replace()
    }
  }
}
