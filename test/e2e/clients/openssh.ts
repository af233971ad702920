// Rows of OpenSSH's ssh.

import { randomBytes } from 'node:crypto'

import { openSsh, runSsh, shareConnection, type RunWish } from '../../support/ssh-session.ts'
import { logins, type Login, type Row, type Seat, type Seen } from './row.ts'
import { sshLoginOf } from './seat.ts'

const program = 'OpenSSH ssh'

const ran =
  (login: Login, wish: RunWish) =>
  async (seat: Seat): Promise<Seen> =>
    runSsh(await sshLoginOf(seat, login), { program: seat.openssh.ssh, ...wish })

const binary = Buffer.concat([randomBytes(300_000), Buffer.from('\r~.\r\n\0\x11\x13\x04\xff\xfe')])

/** Everything once with each login. */
const withEach: readonly ((login: Login) => Row)[] = [
  (login) => ({
    program,
    login,
    does: 'a command, its output, errors and status',
    newer: true,
    result: 'works',
    run: ran(login, { command: 'echo out; echo err >&2; exit 7' }),
    exit: 7,
    stdout: 'out\n',
    stderr: 'err\n',
    recorded: { out: 'out\n' },
  }),
  (login) => ({
    program,
    login,
    does: 'a shell on a terminal (`-t`)',
    newer: login === 'certificate',
    result: 'works',
    async run(seat) {
      const run = await openSsh(await sshLoginOf(seat, login), {
        program: seat.openssh.ssh,
        terminal: { cols: 100, rows: 30 },
      })
      run.write('stty size; echo up-$((6*7)); sleep 1000\r')
      await run.sees('up-42')
      run.write('\x03')
      run.write('echo sta""tus $?\r')
      await run.sees('status 130')
      run.write('exit 3\r')
      const { exit } = await run.ended
      return { exit, stdout: run.stdout(), stderr: '' }
    },
    exit: 3,
    stdout: /30 100/,
    recorded: { out: 'up-42', in: 'exit 3' },
  }),
]

const once: readonly Row[] = [
  {
    program,
    login: 'key',
    does: 'standard input, binary, both ways',
    result: 'works',
    run: ran('key', { command: 'cat', input: binary }),
    exit: 0,
    stdout: binary,
    recorded: { in: binary, out: binary },
  },
  {
    program,
    login: 'key',
    does: 'no input (`-n`, `< /dev/null`)',
    result: 'works',
    run: ran('key', { options: ['-n'], command: 'cat; echo end', noInput: true }),
    exit: 0,
    stdout: 'end\n',
    recorded: { out: 'end\n' },
  },
  {
    program,
    login: 'key',
    does: 'a terminal without one at home (`-tt`)',
    result: 'works',
    run: ran('key', { options: ['-tt'], command: 'test -t 0 && test -t 1 && echo both; stty size', input: '' }),
    exit: 0,
    stdout: /both\r\n/,
    recorded: { out: 'both\r\n' },
  },
  {
    program,
    login: 'key',
    does: 'end of input, and output after it',
    result: 'works',
    run: ran('key', { command: 'sort; echo after', input: 'b\na\n' }),
    exit: 0,
    stdout: 'a\nb\nafter\n',
    recorded: { in: 'b\na\n', out: 'a\nb\nafter\n' },
  },
  {
    program,
    login: 'key',
    does: 'a command of 100 KB',
    result: 'works',
    run: ran('key', { command: `: ${'x'.repeat(100_000)}; echo long` }),
    exit: 0,
    stdout: 'long\n',
    recorded: { out: 'long\n' },
  },
  {
    program,
    login: 'key',
    does: 'the language (`SendEnv LANG LC_*`)',
    result: 'works',
    note: 'other variables where the bundle names them',
    run: ran('key', { options: ['-o', 'SetEnv=LC_TIME=de_DE.UTF-8 EVIL=1'], command: 'echo "$LC_TIME.$EVIL"' }),
    exit: 0,
    stdout: 'de_DE.UTF-8.\n',
    recorded: { out: 'de_DE.UTF-8.\n' },
  },
  {
    program,
    login: 'key',
    does: 'keepalive (`ServerAliveInterval`)',
    result: 'works',
    run: ran('key', {
      options: ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=1'],
      command: 'sleep 4; echo on',
    }),
    exit: 0,
    stdout: 'on\n',
    recorded: { out: 'on\n' },
  },
  {
    program,
    login: 'key',
    does: 'new keys each megabyte (`RekeyLimit=1M`)',
    newer: true,
    result: 'works',
    run: ran('key', {
      options: ['-o', 'RekeyLimit=1M'],
      command: 'cat',
      input: Buffer.concat(Array<Buffer>(20).fill(binary)),
    }),
    exit: 0,
    stdout: Buffer.concat(Array<Buffer>(20).fill(binary)),
    recorded: { in: binary, out: binary },
  },
  {
    program,
    login: 'key',
    does: 'keys as of old (`PubkeyAuthentication=unbound`)',
    result: 'works',
    run: ran('key', { options: ['-o', 'PubkeyAuthentication=unbound'], command: 'echo in' }),
    exit: 0,
    stdout: 'in\n',
    recorded: { out: 'in\n' },
  },
  {
    program,
    login: 'key',
    does: 'a shared connection (`ControlMaster`), and its end (`-O stop`, `-O exit`)',
    newer: true,
    result: 'works',
    async run(seat) {
      const login = await sshLoginOf(seat, 'key')
      const program = seat.openssh.ssh
      const { master, options } = await shareConnection(login, { program })
      const runs = await Promise.all(
        [1, 2, 3, 4, 5, 6].map((n) =>
          runSsh(login, { program, options, command: `cat; echo ${n}; exit ${n}`, input: `in ${n}\n` }),
        ),
      )
      const [check, exit] = [
        await runSsh(login, { program, options: [...options, '-O', 'check'] }),
        await runSsh(login, { program, options: [...options, '-O', 'exit'] }),
      ]
      await master.ended
      const stdout = Buffer.concat(runs.map((run) => run.stdout))
      const exits = runs.map((run) => run.exit).join()
      return { exit: check.exit === 0 && exit.exit === 0 ? 0 : 1, stdout, stderr: exits }
    },
    exit: 0,
    stdout: [1, 2, 3, 4, 5, 6].map((n) => `in ${n}\n${n}\n`).join(''),
    stderr: '1,2,3,4,5,6',
    recorded: { out: '\n3\n' },
  },
  {
    program,
    login: 'key',
    does: 'no command (`-N`)',
    newer: true,
    result: 'works',
    note: 'no session begins before something is opened on the connection',
    async run(seat) {
      const run = await openSsh(await sshLoginOf(seat, 'key'), {
        program: seat.openssh.ssh,
        options: ['-N', '-v', '-o', 'LogLevel=DEBUG1'],
      })
      await run.sees('Entering interactive session')
      run.child.kill('SIGTERM')
      const { exit } = await run.ended
      return { exit, stdout: run.stdout(), stderr: '' }
    },
    exit: 0,
    recorded: null,
  },
]

export const opensshRows: readonly Row[] = [...logins.flatMap((login) => withEach.map((row) => row(login))), ...once]
