// A process of search, seen from inside: requests come in with a number and are answered with it. What they are is each
// process's own; its parent is worker.ts's.

import { saveCompiled } from '../runtime/compiled.ts'
import type { FromChild, ToChild } from './worker.ts'

/** Asks whoever made the request. */
export type Ask = (question: string) => Promise<boolean>

/** Answers requests until the parent is gone. Which of them wait for each other is the handler's to say. */
export function serveParent(handle: (kind: string, payload: unknown, ask: Ask) => Promise<unknown>): void {
  // It is killed when it has rested for a while.
  saveCompiled()
  const waiting = new Map<number, (answer: boolean) => void>()
  let asked = 0
  process.on('message', (message: ToChild) => {
    if (message.kind === 'told') {
      waiting.get(message.ask)?.(message.answer)
      waiting.delete(message.ask)
      return
    }
    const { id } = message
    const ask: Ask = (question) =>
      new Promise((resolve) => {
        const number = asked++
        waiting.set(number, resolve)
        send({ kind: 'ask', id, ask: number, question })
      })
    handle(message.what, message.payload, ask).then(
      (value) => send({ kind: 'answer', id, value }),
      (error: unknown) => send({ kind: 'failure', id, reason: error instanceof Error ? error.message : String(error) }),
    )
  })
  // Whoever started it has what it wanted, or is gone.
  process.on('disconnect', () => process.exit())
}

/** Tells the parent that work goes on. */
export function tellProgress(): void {
  send({ kind: 'progress' })
}

function send(message: FromChild): void {
  process.send?.(message)
}
