// A program that asks its questions on a terminal, as PuTTY's and dropbear's do: it gets one (made by `script`), and what
// it asks there is answered. Its standard streams are files where it is given an input, and else as is said below.

import { spawn } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { partPath } from './parts.ts'

export interface Question {
  readonly asks: RegExp
  readonly answer: string
}

export interface AskedWish {
  /** Each is answered once, whenever it comes. */
  readonly questions: readonly Question[]
  readonly env?: Readonly<Record<string, string>>
  /** Left out, only its standard output is a file: what it says on the other goes to the terminal, too. */
  readonly input?: string | Buffer
  /** Standard input and output are the terminal: what is said to it, once the text before it was shown. */
  readonly terminal?: readonly { readonly after: RegExp; readonly types: string }[]
}

export interface AskedRun {
  readonly exit: number | null
  readonly stdout: Buffer
  readonly stderr: string
  /** What the terminal showed. */
  readonly shown: string
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

/** Runs the program to its end. `folder` is where its streams are kept, and its home. */
export async function runAsked(folder: string, argv: readonly string[], wish: AskedWish): Promise<AskedRun> {
  const apart = await mkdtemp(join(folder, 'asked-'))
  const [input, out, err, own] = ['in', 'out', 'err', 'script'].map((name) => join(apart, name)) as [
    string,
    string,
    string,
    string,
  ]
  await writeFile(input, wish.input ?? '')
  const onlyOutput = wish.terminal ? '' : ` >${quoted(out)}`
  const streams = wish.input === undefined ? onlyOutput : ` <${quoted(input)} >${quoted(out)} 2>${quoted(err)}`
  await writeFile(own, `stty cols 80 rows 24\nexec ${argv.map(quoted).join(' ')}${streams}\n`)
  const env = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: folder,
    TERM: 'xterm',
    LANG: 'C.UTF-8',
    ...wish.env,
  }
  const child = spawn(partPath('script'), ['-qfec', `exec sh ${quoted(own)}`, '/dev/null'], {
    env: { ...env, SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'ignore'],
    // One that asks what nobody expected would wait for ever.
    timeout: 40_000,
  })
  let shown = ''
  let from = 0
  const left = [
    ...wish.questions.map(({ asks, answer }) => ({ after: asks, types: `${answer}\r` })),
    ...(wish.terminal ?? []),
  ]
  child.stdin.on('error', () => child.stdin.destroy())
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    shown += part
    for (;;) {
      const next = left[0]
      const met = next?.after.exec(shown.slice(from))
      if (!next || !met) return
      from += met.index + met[0].length
      left.shift()
      child.stdin.write(next.types)
    }
  })
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [stdout, stderr] = await Promise.all([readFile(out).catch(none), readFile(err).catch(none)])
  return { exit, stdout, stderr: stderr.toString(), shown }
}

/** It had no such stream of its own. */
function none(error: NodeJS.ErrnoException): Buffer {
  if (error.code === 'ENOENT') return Buffer.alloc(0)
  throw error
}
