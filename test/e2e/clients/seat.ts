// How the programs of a seat log in: what they are called with, and what they are answered when they ask.

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { prepareSsh, type SshCommand, type SshLogin } from '../../../gateway/demo/ssh-client.ts'
import type { Question } from '../../support/asked-program.ts'
import { eventually } from '../../support/eventually.ts'
import type { GrantWish } from '../../support/gateway-stage.ts'
import { partPath } from '../../support/parts.ts'
import { makeKey } from '../../support/sshd.ts'
import { openSshPrograms, type Login, type Seat } from './row.ts'

const run = promisify(execFile)

/** What all seats stand on. */
export interface Stall extends Pick<Seat, 'stage' | 'desk' | 'tunnel'> {
  /** Key that signs certificates of people. */
  readonly authority: string
}

export interface SeatWish {
  readonly login: string
  /** `ews-1` where nothing is said. */
  readonly asset?: string
  readonly transfer?: GrantWish['transfer']
  /** `ssh` where nothing is said. */
  readonly protocol?: GrantWish['protocol']
  /** May go through tunnels to the declared port, too. */
  readonly tunnels?: true
  /** Whose OpenSSH it has; the system's where nothing is said. */
  readonly openssh?: keyof typeof openSshPrograms
}

/** Somebody with a grant of their own, whose sessions are not mixed up with another's. */
export async function takeSeat(
  { stage, desk, authority, tunnel }: Stall,
  { login, asset = 'ews-1', protocol = 'ssh', transfer, tunnels, openssh = 'own' }: SeatWish,
): Promise<Seat> {
  const folder = await mkdtemp(join(stage.folder, `seat-${login}-`))
  const far = join(folder, 'far')
  await mkdir(far)
  const key = await makeKey(join(folder, 'id_ed25519'))
  await stage.enrol({
    login,
    displayName: login,
    roles: ['vendor'],
    supplier: stage.person('vendor').person.supplier,
    plants: ['north'],
    keys: [await readFile(`${key}.pub`, 'utf8')],
  })
  const wish: GrantWish = { by: login, protocol, ...(transfer && { transfer }) }
  // What was attested from outside the gateway's process reaches it a little later.
  await eventually(`\`${login}\` is trained`, () => stage.grant(asset, wish).catch(untrained), 30_000)
  const [further = ''] = tunnel.split(':')
  if (tunnels) await stage.grant(further, { by: login, protocol: 'tcp' })
  const signedKey = await signKey(authority, await makeKey(join(folder, 'id_signed')), login)
  return { openssh: openSshPrograms[openssh], stage, desk, tunnel, signedKey, login, asset, key, folder, far }
}

/** A certificate for this login, by the authority, lies beside the key afterwards. */
async function signKey(authority: string, key: string, login: string): Promise<string> {
  await run(partPath('ssh-keygen'), ['-q', '-s', authority, '-I', `card of ${login}`, '-n', login, `${key}.pub`])
  return key
}

function untrained(error: unknown): null {
  if (error instanceof Error && error.message.includes('is not attested')) return null
  throw error
}

/**
 * OpenSSH's client as a program of its own, with everything that a login of this seat needs: for programs that start one.
 * Named `ssh`, so that its folder may stand first in the path.
 */
export async function sshProgramOf(
  seat: Seat,
  login: Login,
): Promise<{ file: string; folder: string; env: SshCommand['env'] }> {
  const made = await sshLoginOf(seat, login)
  const { argv, env } = await prepareSsh(made, ['-o', 'BatchMode=no', '-o', 'LogLevel=ERROR'])
  const folder = await mkdtemp(join(seat.folder, 'bin-'))
  const file = join(folder, 'ssh')
  const options = argv.slice(0, -1).map(quoted).join(' ')
  await writeFile(file, `#!/bin/sh\nexec ${partPath(seat.openssh.ssh)} ${options} "$@"\n`, { mode: 0o700 })
  return { file, folder, env: { ...env, PATH: `${folder}:${env['PATH'] ?? ''}` } }
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

export const userOf = ({ login, asset }: Seat): string => `${login}+${asset}`

/** For OpenSSH's programs. */
export async function sshLoginOf(seat: Seat, login: Login): Promise<SshLogin> {
  const { stage, desk } = seat
  return {
    user: userOf(seat),
    port: stage.gateway.ssh.port,
    folder: await mkdtemp(join(seat.folder, 'ssh-')),
    hostKey: stage.stage.pki.contents['ssh_host_ed25519_key.pub'],
    identity: login === 'key' ? seat.key : login === 'certificate' ? seat.signedKey : null,
    password: stage.person(seat.login).password.expose(),
    code: login === 'certificate' ? '' : await desk.code(seat.login),
  }
}

/** What a program on a terminal is asked, and answers. */
export async function questionsFor({ stage, desk, login }: Seat, by: Login): Promise<readonly Question[]> {
  if (by === 'certificate') return []
  const code = { asks: /code: ?/i, answer: await desk.code(login) }
  if (by === 'key') return [code]
  return [{ asks: /password: ?/i, answer: stage.person(login).password.expose() }, code]
}

/** Of the gateway's host key, as `ssh-keygen -l` prints it. */
export async function hostFingerprint({ stage, folder }: Seat): Promise<string> {
  const file = join(folder, 'gateway_host.pub')
  await writeFile(file, stage.stage.pki.contents['ssh_host_ed25519_key.pub'])
  const { stdout } = await run(partPath('ssh-keygen'), ['-l', '-f', file])
  return stdout.split(' ')[1] ?? ''
}
