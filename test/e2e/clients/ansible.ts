// Rows of Ansible, over a connection its user has opened before: Ansible asks nobody for a code.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect } from 'vitest'

import { configPath } from '../../../gateway/demo/ssh-client.ts'
import { partPath } from '../../support/parts.ts'
import { shareConnection } from '../../support/ssh-session.ts'
import { logins, type Login, type Row, type Seat, type Seen } from './row.ts'
import { sshLoginOf, userOf } from './seat.ts'

const program = 'Ansible'

interface Play {
  readonly module: string
  readonly args?: (seat: Seat) => string
  readonly pipelining: boolean
  /** How Ansible carries files; its own choice where nothing is said. */
  readonly method?: 'piped' | 'sftp' | 'scp'
  /** Further words for scp. */
  readonly scpWords?: string
}

async function runAnsible(
  seat: Seat,
  login: Login,
  { module, args, pipelining, method, scpWords }: Play,
): Promise<Seen> {
  const made = await sshLoginOf(seat, login)
  const { master } = await shareConnection(made)
  const common = `-F none -o ControlPath="${configPath(join(made.folder, 'mux'))}" -o BatchMode=yes`
  const vars = {
    ansible_host: 'localhost',
    ansible_port: made.port,
    ansible_user: userOf(seat),
    ansible_ssh_common_args: common,
    ansible_python_interpreter: partPath('python3'),
    ansible_remote_tmp: join(seat.far, '.ansible'),
    ...(method === undefined ? {} : { ansible_ssh_transfer_method: method }),
    ...(scpWords === undefined ? {} : { ansible_scp_extra_args: scpWords }),
  }
  const words = ['all', '-i', 'ews-1,', '-e', JSON.stringify(vars), '-m', module]
  const child = spawn(partPath('ansible'), args ? [...words, '-a', args(seat)] : words, {
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: seat.folder,
      LANG: 'C.UTF-8',
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_LOCAL_TEMP: join(seat.folder, '.ansible/tmp'),
      ANSIBLE_SSH_ARGS: '',
      ANSIBLE_PIPELINING: pipelining ? '1' : '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stderr.on('data', (part: Buffer) => err.push(part))
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  master.child.kill()
  await master.ended
  return { exit, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() }
}

const block = randomBytes(400_003)
const isThere = async (file: string): Promise<void> => expect((await readFile(file)).equals(block), file).toBe(true)

/** Each way it carries files. What nobody has chosen is `smart`: SFTP, then scp, then commands. */
const carrying: readonly (Pick<Play, 'method' | 'scpWords'> & { readonly name: string; readonly does: string })[] = [
  { name: 'smart', does: 'copy, by what it chooses itself (`smart`)' },
  { name: 'sftp', does: 'copy, by SFTP (`transfer_method = sftp`)', method: 'sftp' },
  { name: 'scp', does: 'copy, by scp (`transfer_method = scp`)', method: 'scp' },
  { name: 'scp-old', does: 'copy, by the old protocol of scp (`scp_extra_args = -O`)', method: 'scp', scpWords: '-O' },
]

const plays: readonly (Omit<Row, 'program' | 'login' | 'result' | 'exit' | 'run'> & Play)[] = [
  {
    does: 'ping, pipelining on',
    module: 'ping',
    pipelining: true,
    stdout: /"ping": "pong"/,
    recorded: { out: 'pong' },
  },
  {
    does: 'ping, pipelining off',
    module: 'ping',
    pipelining: false,
    method: 'piped',
    note: 'with `ansible_ssh_transfer_method=piped`',
    stdout: /"ping": "pong"/,
    recorded: { out: 'pong' },
  },
  {
    does: 'shell',
    module: 'shell',
    pipelining: true,
    args: () => 'echo one; echo two >&2',
    stdout: /onetwo\n/,
    recorded: { out: 'one' },
  },
  {
    does: 'copy',
    module: 'copy',
    pipelining: true,
    method: 'piped',
    note: 'with `ansible_ssh_transfer_method=piped`',
    args: ({ far }) => `content=parameters dest=${far}/copied`,
    stdout: /"changed": true/,
    recorded: { in: 'parameters' },
    async after({ far }) {
      expect(await readFile(join(far, 'copied'), 'utf8')).toBe('parameters')
    },
  },
  {
    does: 'template',
    module: 'template',
    pipelining: false,
    method: 'piped',
    note: 'with `ansible_ssh_transfer_method=piped`',
    args: ({ folder, far }) => `src=${folder}/line.j2 dest=${far}/line.conf`,
    stdout: /"changed": true/,
    recorded: { in: 'speed = 1500' },
    async after({ far }) {
      expect(await readFile(join(far, 'line.conf'), 'utf8')).toBe('speed = 1500\n')
    },
  },
  ...carrying.map(({ name, does, ...how }) => ({
    ...how,
    does,
    module: 'copy',
    pipelining: false,
    args: ({ folder, far }: Seat) => `src=${folder}/block dest=${far}/by-${name} mode=0640`,
    stdout: /"changed": true/,
    recorded: { in: block.subarray(0, 4_096) },
    after: ({ far }: Seat) => isThere(join(far, `by-${name}`)),
  })),
  {
    does: 'fetch, by SFTP',
    module: 'fetch',
    pipelining: false,
    method: 'sftp',
    args: ({ folder, far }) => `src=${far}/by-sftp dest=${folder}/fetched flat=yes`,
    stdout: /"changed": true/,
    recorded: { out: block.subarray(0, 4_096) },
    after: ({ folder }) => isThere(join(folder, 'fetched')),
  },
]

const rowOf = ({ module, pipelining, method, scpWords, args, ...row }: (typeof plays)[number], login: Login): Row => ({
  ...row,
  program,
  login,
  result: 'works',
  exit: 0,
  async run(seat) {
    await writeFile(join(seat.folder, 'block'), block)
    await writeFile(join(seat.folder, 'line.j2'), 'speed = {{ 30 * 50 }}\n')
    return runAnsible(seat, login, {
      module,
      pipelining,
      ...(method && { method }),
      ...(scpWords && { scpWords }),
      ...(args && { args }),
    })
  },
})

const [ping, ...others] = plays

export const ansibleRows: readonly Row[] = [
  ...(ping ? logins.map((login) => rowOf(ping, login)) : []),
  ...others.map((play) => rowOf(play, 'key')),
]
