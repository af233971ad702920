// Rows of dropbear's dbclient.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { runAsked, type AskedWish } from '../../support/asked-program.ts'
import { partPath } from '../../support/parts.ts'
import { logins, type Login, type Row, type Seat, type Seen } from './row.ts'
import { questionsFor, userOf } from './seat.ts'

const program = 'dropbear dbclient'

async function dropbearKey({ folder, key }: Seat): Promise<string> {
  const file = join(folder, 'id_dropbear')
  if (!existsSync(file)) await promisify(execFile)(partPath('dropbearconvert'), ['openssh', 'dropbear', key, file])
  return file
}

/** `words` have the host, too: `localhost`. */
export async function runDbclient(
  seat: Seat,
  login: Login,
  words: readonly string[],
  wish: Omit<AskedWish, 'questions'> = {},
): Promise<Seen> {
  const { stage, folder } = seat
  const hostKey = stage.stage.pki.contents['ssh_host_ed25519_key.pub'].split(' ').slice(0, 2).join(' ')
  await mkdir(join(folder, '.ssh'), { recursive: true })
  await writeFile(join(folder, '.ssh/known_hosts'), `localhost ${hostKey}\n`)
  const { exit, stdout, stderr, shown } = await runAsked(
    folder,
    [
      partPath('dbclient'),
      '-p',
      String(stage.gateway.ssh.port),
      '-l',
      userOf(seat),
      ...(login === 'key' ? ['-i', await dropbearKey(seat)] : []),
      ...words,
    ],
    { ...wish, questions: await questionsFor(seat, login) },
  )
  return { exit, stdout: wish.terminal ? Buffer.from(shown) : stdout, stderr: `${stderr}${shown}` }
}

const withEach: readonly ((login: Login) => Row)[] = [
  (login) => ({
    program,
    login,
    does: 'a command, its output, errors and status',
    result: 'works',
    note: 'asks for the code on its standard input: nothing can be piped into it',
    run: (seat) => runDbclient(seat, login, ['localhost', 'echo out; echo err >&2; exit 7']),
    exit: 7,
    stdout: 'out\n',
    stderr: /err\r?\n/,
    recorded: { out: 'out\n' },
  }),
  (login) => ({
    program,
    login,
    does: 'a shell on a terminal',
    result: 'works',
    run: (seat) =>
      runDbclient(seat, login, ['-t', 'localhost'], {
        terminal: [
          { after: /[$#] $/, types: 'PS1=; stty size; echo up-$((6*7))\r' },
          { after: /up-42/, types: 'exit 3\r' },
        ],
      }),
    exit: 3,
    stdout: /24 80/,
    recorded: { out: 'up-42', in: 'exit 3' },
  }),
]

/** It knows no certificates. */
export const dropbearRows: readonly Row[] = logins
  .filter((login) => login !== 'certificate')
  .flatMap((login) => withEach.map((row) => row(login)))
