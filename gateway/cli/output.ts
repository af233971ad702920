// What a command prints. Standard output carries its answer and nothing else: text for people, or with `--json` one JSON
// document. Standard error carries what is said on the way, and the one clause of a failure.

import { once } from 'node:events'
import { Failure, messageOf } from './failure.ts'
import { plain } from './plain.ts'

export interface Output {
  /** Whether the answer is to be JSON. */
  readonly json: boolean
  /** Whether standard output is a terminal that a person looks at. */
  readonly terminal: boolean
  /** The command's answer, once: `text` for people (its values already plain), `value` for programs. */
  answer(value: unknown, text: () => string): Promise<void>
  /** Raw text of the answer, for what is too long to hold; waits for a slow reader. */
  write(text: string): Promise<void>
  /** A line on the way, to standard error. */
  note(line: string): void
}

/** Where a command writes: the process's own streams, or those of a test. */
export interface Streams {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: NodeJS.WritableStream
}

export function openOutput(json: boolean, { stdout, stderr }: Streams): Output {
  const write = async (text: string): Promise<void> => {
    if (!stdout.write(text)) await once(stdout, 'drain')
  }
  return {
    json,
    terminal: stdout.isTTY === true,
    write,
    answer: (value, text) => write(`${json ? JSON.stringify(value, null, 2) : text()}\n`),
    note: (line) => {
      stderr.write(`${line}\n`)
    },
  }
}

/** Shows a failure: one clause on standard error and, with `--json`, `{"problem": …}` as the answer. */
export async function showFailure(thrown: unknown, output: Output): Promise<number> {
  if (!(thrown instanceof Failure)) {
    // Not foreseen, so the trace is worth more than a short text.
    const trace = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    const cause = thrown instanceof Error && thrown.cause !== undefined ? `: ${messageOf(thrown.cause)}` : ''
    if (output.json)
      await output.write(`${JSON.stringify({ problem: { code: 'internal', message: messageOf(thrown) } }, null, 2)}\n`)
    output.note(`sallyport: unexpected: ${trace.split('\n').map(plain).join('\n')}${plain(cause)}`)
    return 1
  }
  if (output.json) {
    const problem = { code: 'failed', message: thrown.message, ...thrown.details }
    await output.write(`${JSON.stringify({ problem }, null, 2)}\n`)
  }
  output.note(`sallyport: ${plain(thrown.message)}`)
  for (const line of thrown.lines) output.note(`  ${line}`)
  return thrown.exitCode
}
