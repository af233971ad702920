// Rows of PuTTY's plink.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

import { runAsked, type AskedWish } from '../../support/asked-program.ts'
import { partPath, type PartName } from '../../support/parts.ts'
import { logins, type Login, type Row, type Seat, type Seen } from './row.ts'
import { hostFingerprint, questionsFor, userOf } from './seat.ts'

const program = 'PuTTY plink'

/** A key in PuTTY's form. */
async function puttyKey(key: string): Promise<string> {
  const file = `${key}.ppk`
  if (!existsSync(file)) await promisify(execFile)(partPath('puttygen'), [key, '-O', 'private', '-o', file])
  return file
}

/** Runs one of PuTTY's programs, which all take the same words. */
export async function runPutty(
  seat: Seat,
  login: Login,
  part: PartName,
  words: readonly string[],
  wish: Omit<AskedWish, 'questions'> = {},
): Promise<Seen> {
  const argv = [
    partPath(part),
    '-P',
    String(seat.stage.gateway.ssh.port),
    '-l',
    userOf(seat),
    '-hostkey',
    await hostFingerprint(seat),
    ...(login === 'password' ? [] : ['-i', await puttyKey(login === 'key' ? seat.key : seat.signedKey)]),
    ...(login === 'certificate' ? ['-cert', `${seat.signedKey}-cert.pub`] : []),
    ...words,
  ]
  const { exit, stdout, stderr, shown } = await runAsked(seat.folder, argv, {
    ...wish,
    questions: await questionsFor(seat, login),
  })
  return { exit, stdout: wish.terminal ? Buffer.from(shown) : stdout, stderr }
}

const withEach: readonly ((login: Login) => Row)[] = [
  (login) => ({
    program,
    login,
    does: 'a command, its input, output, errors and status',
    result: 'works',
    run: (seat) =>
      runPutty(seat, login, 'plink', ['-ssh', 'localhost', 'cat; echo out; echo err >&2; exit 7'], { input: 'in\n' }),
    exit: 7,
    stdout: 'in\nout\n',
    stderr: /err\n/,
    recorded: { in: 'in\n', out: 'in\nout\n' },
  }),
  (login) => ({
    program,
    login,
    does: 'a shell on a terminal',
    result: 'works',
    run: (seat) =>
      runPutty(seat, login, 'plink', ['-ssh', '-t', 'localhost'], {
        terminal: [
          { after: /Press Return to begin session/, types: '\r' },
          { after: /[$#] $/, types: 'PS1=; stty size; echo up-$((6*7))\r' },
          { after: /up-42/, types: 'exit 3\r' },
        ],
      }),
    exit: 3,
    stdout: /24 80/,
    recorded: { out: 'up-42', in: 'exit 3' },
  }),
]

export const puttyRows: readonly Row[] = logins.flatMap((login) => withEach.map((row) => row(login)))
