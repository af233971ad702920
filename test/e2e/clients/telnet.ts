// Rows to a target that speaks telnet: the programs speak SSH to the gateway, which logs in there and carries the terminal.

import { openSsh, runSsh } from '../../support/ssh-session.ts'
import { runDbclient } from './dropbear.ts'
import { runPutty } from './putty.ts'
import { logins, type Login, type Row, type Seat } from './row.ts'
import { sshLoginOf } from './seat.ts'

const does = 'a terminal of a target that speaks telnet'
const note = 'the gateway logs in; between it and the target nothing is encrypted'

/** What PuTTY's and dropbear's terminals are told, and show: the window of 80 by 24 has reached the target. */
const dialogue = [
  { after: /plc-7> $/, types: 'stty size; echo up-$((6*7))\r' },
  { after: /up-42[^]*plc-7> $/, types: 'exit\r' },
]
const shown = /Controller 7, line 3[^]*24 80[^]*up-42/
const recorded = { in: 'stty size', out: 'up-42' }

const withEach: readonly ((login: Login) => Row)[] = [
  (login) => ({
    program: 'OpenSSH ssh',
    login,
    does,
    note,
    result: 'works',
    async run(seat) {
      const run = await openSsh(await sshLoginOf(seat, login), { terminal: { cols: 100, rows: 30 } })
      await run.sees('plc-7> ')
      run.write('stty size; echo up-$((6*7)); sleep 1000\r')
      await run.sees('up-42')
      run.write('\x03')
      await run.sees(/\^C[^]*plc-7> /)
      run.write('exit\r')
      const { exit } = await run.ended
      return { exit, stdout: run.stdout(), stderr: '' }
    },
    exit: 0,
    stdout: /Controller 7, line 3[^]*30 100[^]*up-42/,
    recorded,
  }),
  (login) => ({
    program: 'PuTTY plink',
    login,
    does,
    result: 'works',
    run: (seat) =>
      runPutty(seat, login, 'plink', ['-ssh', '-t', 'localhost'], {
        terminal: [{ after: /Press Return to begin session/, types: '\r' }, ...dialogue],
      }),
    exit: 0,
    stdout: shown,
    recorded,
  }),
  (login) => ({
    program: 'dropbear dbclient',
    login,
    does,
    result: 'works',
    run: (seat) => runDbclient(seat, login, ['-t', 'localhost'], { terminal: dialogue }),
    exit: 0,
    stdout: shown,
    recorded,
  }),
]

const terminalsOnly = /speaks telnet, which has terminals and nothing else/
const refused = {
  login: 'key',
  does: 'a command on a target that speaks telnet',
  result: 'refused',
  note: 'telnet has terminals and nothing else',
  stdout: '',
  stderr: terminalsOnly,
  exit: 255,
  // Its session begins, and the target is never dialled: nothing crosses.
  recorded: {},
} as const

const once: readonly Row[] = [
  {
    ...refused,
    program: 'OpenSSH ssh',
    run: async (seat: Seat) => runSsh(await sshLoginOf(seat, 'key'), { command: 'id' }),
  },
  {
    ...refused,
    program: 'PuTTY plink',
    run: (seat: Seat) => runPutty(seat, 'key', 'plink', ['-ssh', 'localhost', 'id'], { input: '' }),
  },
]

/** dropbear's client knows no certificates. */
export const telnetRows: readonly Row[] = [
  ...withEach
    .flatMap((row) => logins.map(row))
    .filter(({ program, login }) => program !== 'dropbear dbclient' || login !== 'certificate'),
  ...once,
]
