// Rows of programs that carry files: OpenSSH's, PuTTY's, rsync and git. What arrived is compared with what was sent, and
// both with what the target has.

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rmdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect } from 'vitest'

import { partPath, type PartName } from '../../support/parts.ts'
import { runOverSsh, type OverSsh } from './over-ssh.ts'
import { runPutty } from './putty.ts'
import { logins, type Login, type Row, type Seat, type Seen } from './row.ts'
import { userOf } from './seat.ts'

const content = randomBytes(700_001)
/** What no program breaks in two. */
const piece = content.subarray(0, 4_096)
/** 2020-01-02, to the second: what `-p` keeps. */
const then = new Date(1_577_923_200_000)

/** A folder of the seat with two files, one of them below; and an empty one on the target. */
async function lay(seat: Seat, name: string): Promise<{ near: string; far: string; back: string }> {
  const [near, far, back] = [join(seat.folder, name), join(seat.far, name), join(seat.folder, `${name}-back`)]
  await mkdir(join(near, 'below'), { recursive: true })
  await mkdir(far)
  await mkdir(back)
  await writeFile(join(near, 'one'), content)
  await writeFile(join(near, 'below/two'), 'two\n')
  await utimes(join(near, 'one'), then, then)
  return { near, far, back }
}

const same = async (file: string): Promise<void> => expect((await readFile(file)).equals(content), file).toBe(true)
const dated = async (file: string): Promise<void> => expect((await stat(file)).mtimeMs).toBe(then.getTime())

interface Copying {
  readonly name: string
  readonly program: string
  readonly does: string
  readonly note?: string
  readonly newer?: boolean
  readonly keepsTimes: boolean
  /** To the target's `far`, where `one` and `below/two` are afterwards; then to `back`. */
  readonly there: (places: { near: string; far: string; back: string }, seat: Seat, login: Login) => Promise<Seen>
  readonly back: (places: { near: string; far: string; back: string }, seat: Seat, login: Login) => Promise<Seen>
}

/** A folder there and back again. */
const copyRow = (copying: Copying, login: Login): Row => ({
  program: copying.program,
  login,
  does: copying.does,
  ...(copying.note === undefined ? {} : { note: copying.note }),
  newer: copying.newer === true && login === 'certificate',
  result: 'works',
  sessions: 2,
  async run(seat) {
    const places = await lay(seat, `${copying.name}-${login}`)
    const there = await copying.there(places, seat, login)
    if (there.exit !== 0) return there
    return copying.back(places, seat, login)
  },
  exit: 0,
  recorded: { in: piece, out: piece },
  async after(seat) {
    const name = `${copying.name}-${login}`
    for (const at of [join(seat.far, name), join(seat.folder, `${name}-back`)]) {
      await same(join(at, 'one'))
      expect(await readFile(join(at, 'below/two'), 'utf8')).toBe('two\n')
      if (copying.keepsTimes) await dated(join(at, 'one'))
    }
  },
})

const over = (part: PartName, words: OverSsh['words'], input?: string) => (seat: Seat, login: Login) =>
  runOverSsh(seat, login, { part, words, ...(input === undefined ? {} : { input }) })

const host = (seat: Seat): string => `${userOf(seat)}@localhost`

const scp = (program: string, name: string, does: string, flags: readonly string[]): Copying => ({
  program,
  name,
  does,
  newer: true,
  keepsTimes: true,
  there: ({ near, far }, seat, login) =>
    over('scp', (_seat, ssh) => [...flags, '-S', ssh, `${near}/one`, `${near}/below`, `${host(seat)}:${far}/`])(
      seat,
      login,
    ),
  // Each path that is fetched is a connection of its own, with a code of its own: one for the folder.
  back: async ({ far, back }, seat, login) => {
    await rmdir(back)
    return over('scp', (_seat, ssh) => [...flags, '-S', ssh, `${host(seat)}:${far}`, back])(seat, login)
  },
})

const copyings: readonly Copying[] = [
  {
    program: 'OpenSSH sftp',
    name: 'sftp',
    does: 'a batch: folders, put, rename, list, get, remove (`-b`)',
    newer: true,
    keepsTimes: true,
    there: ({ near, far }, seat, login) => {
      const batch = [
        `put -p ${near}/one ${far}/first`,
        `rename ${far}/first ${far}/one`,
        `put -rp ${near}/below ${far}`,
        `put ${near}/below/two ${far}/spare`,
        `rm ${far}/spare`,
        `ls -l ${far}`,
      ]
      return over('sftp', (_seat, ssh) => ['-S', ssh, '-b', '-', host(seat)], `${batch.join('\n')}\n`)(seat, login)
    },
    back: ({ far, back }, seat, login) => {
      const batch = [`get -p ${far}/one ${back}/one`, `get -rp ${far}/below ${back}`]
      return over('sftp', (_seat, ssh) => ['-S', ssh, '-b', '-', host(seat)], `${batch.join('\n')}\n`)(seat, login)
    },
  },
  {
    program: 'PuTTY psftp',
    name: 'psftp',
    does: 'put and get of folders',
    keepsTimes: false,
    there: async ({ near, far }, seat, login) => {
      const batch = join(seat.folder, 'there.scr')
      await writeFile(batch, `cd ${far}\nput ${near}/one\nput -r ${near}/below\nquit\n`)
      return runPutty(seat, login, 'psftp', ['-b', batch, 'localhost'], { input: '' })
    },
    back: async ({ far, back }, seat, login) => {
      const batch = join(seat.folder, 'back.scr')
      await writeFile(batch, `cd ${far}\nlcd ${back}\nget one\nget -r below\nquit\n`)
      return runPutty(seat, login, 'psftp', ['-b', batch, 'localhost'], { input: '' })
    },
  },
  ...(['-sftp', '-scp'] as const).map((protocol): Copying => ({
    program: 'PuTTY pscp',
    name: `pscp${protocol}`,
    does: `copies folders both ways (\`${protocol}\`)`,
    keepsTimes: true,
    there: ({ near, far }, seat, login) =>
      runPutty(seat, login, 'pscp', ['-r', '-p', protocol, `${near}/one`, `${near}/below`, `localhost:${far}`], {
        input: '',
      }),
    back: async ({ far, back }, seat, login) => {
      await mkdir(join(back, 'below'))
      const one = await runPutty(seat, login, 'pscp', ['-p', protocol, `localhost:${far}/one`, `${back}/one`], {
        input: '',
      })
      if (one.exit !== 0) return one
      return runPutty(seat, login, 'pscp', ['-p', protocol, `localhost:${far}/below/two`, `${back}/below/two`], {
        input: '',
      })
    },
  })),
  scp('OpenSSH scp', 'scp', 'copies folders both ways (`-r`, `-p`)', ['-rp']),
  scp('OpenSSH scp', 'scp-old', 'the same by the old protocol (`-O`)', ['-Orp']),
  {
    program: 'rsync',
    name: 'rsync',
    does: 'a folder both ways (`-a --partial`)',
    keepsTimes: true,
    there: ({ near, far }, seat, login) =>
      over('rsync', (_seat, ssh) => ['-a', '--partial', '-e', ssh, `${near}/`, `${host(seat)}:${far}/`])(seat, login),
    back: ({ far, back }, seat, login) =>
      over('rsync', (_seat, ssh) => ['-a', '--partial', '-e', ssh, `${host(seat)}:${far}/`, `${back}/`])(seat, login),
  },
]

/** What was there of a file stays, and only the rest crosses. */
const resumed: Row = {
  program: 'OpenSSH sftp',
  login: 'key',
  does: 'goes on where a transfer broke off (`reput`, `reget`)',
  result: 'works',
  async run(seat) {
    const { near, far, back } = await lay(seat, 'resumed')
    for (const folder of [far, back]) await writeFile(join(folder, 'one'), content.subarray(0, 300_000))
    const batch = `reput ${near}/one ${far}/one\nreget ${far}/one ${back}/one\n`
    return over('sftp', (_seat, ssh) => ['-S', ssh, '-b', '-', host(seat)], batch)(seat, 'key')
  },
  exit: 0,
  recorded: { in: content.subarray(300_000, 304_096), out: content.subarray(300_000, 304_096) },
  async after(seat) {
    for (const at of [join(seat.far, 'resumed'), join(seat.folder, 'resumed-back')]) await same(join(at, 'one'))
  },
}

/** Only what differs crosses. */
const delta: Row = {
  program: 'rsync',
  login: 'key',
  does: 'only what has changed of a file',
  result: 'works',
  async run(seat) {
    const { near, far } = await lay(seat, 'delta')
    const before = Buffer.from(content)
    before.fill(0, 350_000, 350_100)
    await writeFile(join(far, 'one'), before)
    return over('rsync', (_seat, ssh) => [
      '-a',
      '--stats',
      '--no-whole-file',
      '-e',
      ssh,
      `${near}/one`,
      `${host(seat)}:${far}/`,
    ])(seat, 'key')
  },
  exit: 0,
  stdout: /Matched data: 69\d,\d{3} bytes/,
  recorded: { in: '' },
  after: (seat) => same(join(seat.far, 'delta/one')),
}

const gitRow: Row = {
  program: 'git',
  login: 'key',
  does: 'push and clone',
  result: 'works',
  sessions: 2,
  async run(seat) {
    const { near, far, back } = await lay(seat, 'git')
    const [repository, url] = [join(far, 'work.git'), `ssh://${host(seat)}${join(far, 'work.git')}`]
    const env = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_SSH_VARIANT: 'ssh', EMAIL: 'dora@example.com' }
    const local = (words: readonly string[]) =>
      promisify(execFile)(partPath('git'), ['-C', near, ...words], { env: { ...process.env, ...env } })
    await local(['init', '-q', '--bare', '-b', 'main', repository])
    await local(['init', '-q', '-b', 'main'])
    await local(['add', '.'])
    await local(['-c', 'user.name=dora', 'commit', '-q', '-m', 'parameters'])
    const git = (words: readonly string[]): Promise<Seen> =>
      runOverSsh(seat, 'key', { part: 'git', words: () => words, env })
    const pushed = await git(['-C', near, 'push', '-q', url, 'main'])
    return pushed.exit === 0 ? git(['clone', '-q', url, join(back, 'work')]) : pushed
  },
  exit: 0,
  recorded: { in: 'refs/heads/main', out: 'refs/heads/main' },
  after: (seat) => same(join(seat.folder, 'git-back/work/one')),
}

const keyCopy: Row = {
  program: 'OpenSSH ssh-copy-id',
  login: 'key',
  does: 'puts a key on the target',
  result: 'refused',
  note: 'keys on the target are the plant\u2019s',
  run: (seat) => over('ssh-copy-id', (seat) => ['-f', '-i', `${seat.key}.pub`, host(seat)])(seat, 'key'),
  exit: 1,
  stderr: /keys on the target are the plant/,
  recorded: { out: '' },
}

const both = new Set(['sftp', 'scp', 'psftp'])

export const fileRows: readonly Row[] = [
  ...copyings.flatMap((copying) =>
    (both.has(copying.name) ? logins : (['key'] as const)).map((login) => copyRow(copying, login)),
  ),
  resumed,
  delta,
  gitRow,
  keyCopy,
]
