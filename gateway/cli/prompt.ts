// Asking the person at the keyboard. Secrets are read without echo; questions go to standard error, so that standard
// output stays the command's answer. Without a terminal nothing is asked: a script must not hang.

import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Secret } from '../secret.ts'
import { exitCodes, Failure, misused } from './failure.ts'
import { plain } from './plain.ts'

/** Whether there is somebody to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY
}

/** The answer to a question, without blanks around it. `otherwise` is the next step where nobody can be asked. */
export async function ask(question: string, otherwise: string): Promise<string> {
  return (await read(question, otherwise, false)).trim()
}

/** The same without echo. */
export async function askSecret(question: string, otherwise: string): Promise<Secret<string>> {
  return new Secret(await read(question, otherwise, true))
}

/** Yes or no; no unless the answer begins with y. */
export async function confirm(question: string, otherwise: string): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(`${question} [y/N] `, otherwise))
}

async function read(question: string, otherwise: string, hidden: boolean): Promise<string> {
  if (!canAsk())
    throw misused(`${plain(question.trim().replace(/:$/, ''))}: there is no terminal to ask on: ${otherwise}`)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const output = hidden ? nowhere : process.stderr
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 })
  // A hidden answer is echoed to nowhere, where readline would write the question too. Only now, with the terminal's
  // own echo off: who types fast must not see the first letters.
  if (hidden) process.stderr.write(question)
  const stopped = new AbortController()
  lines.once('SIGINT', () => stopped.abort())
  lines.once('close', () => stopped.abort())
  try {
    return await lines.question(hidden ? '' : question, { signal: stopped.signal })
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') {
      throw new Failure('nothing was answered', { exitCode: exitCodes.interrupted, cause: error })
    }
    throw error
  } finally {
    lines.close()
    if (hidden) process.stderr.write('\n')
  }
}
