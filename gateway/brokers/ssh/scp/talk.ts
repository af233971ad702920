// What one side says, read as scp's protocol: messages of who sends files, answers of who takes them. What breaks the
// protocol ends the transfer with a sentence that names who broke it.

import { longestLine, parseMessage, plainText, type Answer, type ScpMessage } from '../../../guards/scp/messages.ts'
import { Broken, type Side } from './ends.ts'

/** Null at the end of what is said. */
export async function readMessage(side: Side): Promise<ScpMessage | null> {
  const line = await side.line(longestLine)
  return line === null ? null : parseMessage(line)
}

/** The answer to what was sent to this side. */
export async function readAnswer(side: Side): Promise<Answer> {
  const first = (await side.some(1))?.[0]
  if (first === undefined) throw new Broken('it ended before it answered')
  if (first === 0) return { kind: 'yes' }
  const text = plainText((await side.line(longestLine)) ?? new Uint8Array())
  if (first === 1 || first === 2) return { kind: 'no', fatal: first === 2, text }
  // Most often a start-up script of the account that prints something.
  throw new Broken(`expected an answer of scp, got \`${plainText(Uint8Array.of(first))}${text.slice(0, 80)}\``)
}
