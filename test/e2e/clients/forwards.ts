// Rows of programs that reach further through a connection: jumps, tunnels to declared ports, and what an editor on a far
// machine does. Behind the declared port stands a server that sends back what it hears.

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { configPath, prepareSsh } from '../../../gateway/demo/ssh-client.ts'
import { eventually } from '../../support/eventually.ts'
import { partPath } from '../../support/parts.ts'
import { openSsh, runSsh, shareConnection } from '../../support/ssh-session.ts'
import { freePort } from '../../support/sshd.ts'
import { dial, hear, listens } from '../../support/tunnel-stage.ts'
import { runDbclient } from './dropbear.ts'
import { runPutty } from './putty.ts'
import { logins, type Login, type Row, type Seat, type Seen } from './row.ts'
import { sshLoginOf } from './seat.ts'

const program = 'OpenSSH ssh'
const said = Buffer.from([0, 1, 2, 0xff, 0x0d, 0x0a, ...Buffer.from('read 40001')])

/** What comes back from a port of this machine, once it has been told everything. */
async function exchange(port: number, words: Uint8Array = said): Promise<Buffer> {
  await eventually('the client listens', () => listens(port))
  const socket = await dial(port)
  socket.end(words)
  return hear(socket)
}

/** As the user's guide says it: for who jumps, the asset is the host and nothing but the gateway's key is known. */
async function jump(seat: Seat, login: Login): Promise<Seen> {
  const made = { ...(await sshLoginOf(seat, login)), user: seat.login }
  const { env } = await prepareSsh(made)
  const key = made.identity === null ? [] : [`  IdentityFile "${configPath(made.identity)}"`, '  IdentitiesOnly yes']
  const config = join(await mkdtemp(join(seat.folder, 'jump-')), 'config')
  const lines = [
    'Host gateway',
    '  HostName localhost',
    `  Port ${made.port}`,
    `  User ${seat.login}`,
    ...key,
    `Host ${seat.asset}`,
    `  User ${seat.login}`,
    `  HostKeyAlias [localhost]:${made.port}`,
    'Host *',
    `  UserKnownHostsFile "${configPath(join(made.folder, 'known_hosts'))}"`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '  IdentityAgent none',
    '  LogLevel ERROR',
  ]
  await writeFile(config, `${lines.join('\n')}\n`)
  return new Promise((resolve) => {
    const words = ['-F', config, '-J', 'gateway', seat.asset, 'cat; echo out; exit 5']
    const options = { env, timeout: 60_000, encoding: 'buffer' } as const
    const child = execFile(partPath(seat.openssh.ssh), words, options, (error, stdout, stderr) =>
      resolve({ exit: error ? Number(error.code) : 0, stdout, stderr: stderr.toString() }),
    )
    child.stdin?.end('in\n')
  })
}

const jumps = (login: Login): Row => ({
  program,
  login,
  does: 'to the asset by a jump (`-J`, `ProxyJump`)',
  newer: login === 'certificate',
  result: 'works',
  run: (seat) => jump(seat, login),
  exit: 5,
  stdout: 'in\nout\n',
  stderr: '',
  recorded: { in: 'in\n', out: 'in\nout\n' },
})

/** Runs `act` while a client holds its connection open without a command. */
async function whileForwarding(seat: Seat, options: readonly string[], act: () => Promise<Buffer>): Promise<Seen> {
  const login = { ...(await sshLoginOf(seat, 'key')), user: seat.login }
  const run = await openSsh(login, {
    program: seat.openssh.ssh,
    options: ['-N', '-o', 'ExitOnForwardFailure=yes', ...options],
  })
  const stdout = await act().finally(() => run.child.kill('SIGTERM'))
  const { exit } = await run.ended
  return { exit, stdout, stderr: run.stderr() }
}

/** Runs `act` while a command runs on the asset, and ends the command then. */
async function whileRunning(
  seat: Seat,
  name: string,
  start: (command: string) => Promise<Seen>,
  act: () => Promise<Buffer>,
): Promise<Seen> {
  const done = join(seat.far, `${name}-done`)
  const running = start(`until test -e '${done}'; do sleep 0.1; done; echo over`)
  let stdout: Buffer
  try {
    stdout = await Promise.race([act(), running.then((seen) => seen.stdout)])
  } finally {
    await writeFile(done, '')
  }
  const { exit, stderr } = await running
  return { exit, stdout, stderr }
}

/** What a SOCKS client says (RFC 1928): version 5, no authentication, CONNECT to a name. */
async function throughSocks(proxy: number, host: string, port: number, words: string): Promise<Buffer> {
  await eventually('the client listens', () => listens(proxy))
  const socket = await dial(proxy)
  socket.write(Buffer.from([5, 1, 0]))
  await once(socket, 'data')
  socket.write(Buffer.from([5, 1, 0, 3, host.length, ...Buffer.from(host), port >> 8, port & 0xff]))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  if (answer[1] !== 0) throw new Error(`the proxy answers ${answer[1]}`)
  socket.write(words)
  const heard = await hear(socket)
  // ssh stays as long as something still comes through it.
  socket.end()
  return heard
}

/**
 * VS Code Remote: a shell without a terminal that a script is piped into, which starts a server on the far loopback and
 * says its port; the editor then comes in by a SOCKS proxy on the same connection.
 */
async function edit(seat: Seat): Promise<Seen> {
  const proxy = await freePort()
  const served = join(seat.far, 'edited')
  await mkdir(served)
  await writeFile(join(served, 'parameters'), 'speed = 1500\n')
  const run = await openSsh(await sshLoginOf(seat, 'key'), {
    options: ['-T', '-D', `127.0.0.1:${proxy}`, '-o', 'ConnectTimeout=15'],
    command: 'sh',
  })
  run.write(`cd '${served}' && ${partPath('python3')} -u -m http.server --bind 127.0.0.1 0 & echo "started==$?=="\n`)
  const shown = await run.sees(/HTTP on 127\.0\.0\.1 port \d+/)
  const port = Number(/ port (\d+)/.exec(shown)?.[1])
  const stdout = Buffer.concat(
    await Promise.all(
      ['localhost', '127.0.0.1'].map((host) => throughSocks(proxy, host, port, 'GET /parameters HTTP/1.0\r\n\r\n')),
    ),
  )
  run.write('kill $!; exit 3\n')
  const { exit } = await run.ended
  return { exit, stdout, stderr: '' }
}

async function addForward(seat: Seat): Promise<Seen> {
  const login = { ...(await sshLoginOf(seat, 'key')), user: seat.login }
  const { master, options } = await shareConnection(login)
  const port = await freePort()
  const ask = (what: string): Promise<Seen> =>
    runSsh(login, { options: [...options, '-O', what, '-L', `127.0.0.1:${port}:${seat.tunnel}`] })
  const added = await ask('forward')
  const stdout = await exchange(port)
  const cancelled = await ask('cancel')
  await eventually('the client listens no more', async () => !(await listens(port)))
  master.child.kill()
  await master.ended
  return { exit: added.exit === 0 ? cancelled.exit : added.exit, stdout, stderr: added.stderr + cancelled.stderr }
}

const ordinary = {
  login: 'key',
  result: 'works',
  exit: 0,
  stdout: said,
  recorded: { in: said, out: said },
} as const

const tunnels: readonly Row[] = [
  {
    ...ordinary,
    program,
    does: 'a tunnel to a declared port (`-N -L`)',
    newer: true,
    note: 'the asset and its port are the destination: `-L 1502:plc-7:502 alice@gateway`',
    async run(seat) {
      const port = await freePort()
      return whileForwarding(seat, ['-L', `127.0.0.1:${port}:${seat.tunnel}`], () => exchange(port))
    },
  },
  {
    ...ordinary,
    program,
    does: 'a stream to a declared port (`-W`)',
    run: async (seat) =>
      runSsh({ ...(await sshLoginOf(seat, 'key')), user: seat.login }, { options: ['-W', seat.tunnel], input: said }),
  },
  {
    ...ordinary,
    program,
    does: 'a forward added to a shared connection, and taken away (`-O forward`, `-O cancel`)',
    run: addForward,
  },
  {
    ...ordinary,
    program,
    does: 'what VS Code Remote does: a script into a shell, a server on the asset\u2019s loopback, `-D` to it',
    note: 'where the asset\u2019s endpoint has the feature `forward`; VS Code itself was not tested',
    run: edit,
    exit: 3,
    stdout: /(speed = 1500\n[^]*){2}/,
    recorded: { in: 'GET /parameters', out: 'speed = 1500\n' },
  },
  {
    ...ordinary,
    program,
    does: 'a tunnel to an address (`-W 169.254.169.254:80`)',
    result: 'refused',
    run: async (seat) =>
      runSsh(
        { ...(await sshLoginOf(seat, 'key')), user: seat.login },
        { options: ['-W', '169.254.169.254:80'], logLevel: 'INFO' },
      ),
    exit: 255,
    stdout: '',
    stderr: /administratively prohibited: .*dials no addresses/,
    recorded: null,
  },
  {
    ...ordinary,
    program: 'PuTTY plink',
    does: 'a stream to a declared port (`-nc`)',
    run: (seat) => runPutty(seat, 'key', 'plink', ['-ssh', '-nc', seat.tunnel, 'localhost'], { input: said }),
  },
  {
    ...ordinary,
    program: 'PuTTY plink',
    does: 'a tunnel to a declared port beside a command (`-L`)',
    sessions: 2,
    async run(seat) {
      const port = await freePort()
      const words = ['-ssh', '-L', `127.0.0.1:${port}:${seat.tunnel}`, 'localhost']
      return whileRunning(
        seat,
        'plink',
        (command) => runPutty(seat, 'key', 'plink', [...words, command], { input: '' }),
        () => exchange(port),
      )
    },
  },
  {
    ...ordinary,
    program: 'dropbear dbclient',
    does: 'a tunnel to a declared port beside a command (`-L`)',
    sessions: 2,
    async run(seat) {
      const port = await freePort()
      return whileRunning(
        seat,
        'dbclient',
        (command) => runDbclient(seat, 'key', ['-L', `127.0.0.1:${port}:${seat.tunnel}`, 'localhost', command]),
        () => exchange(port),
      )
    },
  },
]

export const forwardRows: readonly Row[] = [...logins.map(jumps), ...tunnels]
