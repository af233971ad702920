// Programs that start OpenSSH's client for their way to the target, run to their end.

import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { partPath, type PartName } from '../../support/parts.ts'
import type { Login, Seat, Seen } from './row.ts'
import { sshProgramOf } from './seat.ts'

export interface OverSsh {
  readonly part: PartName
  /** `ssh` is the program to log in with. */
  words(seat: Seat, ssh: string): readonly string[]
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

export async function runOverSsh(seat: Seat, login: Login, { part, words, input, env: more }: OverSsh): Promise<Seen> {
  const { file, env } = await sshProgramOf(seat, login)
  const program = part === 'scp' || part === 'sftp' ? seat.openssh[part] : part
  // ssh-copy-id works in its home's folder of keys.
  await mkdir(join(env['HOME'] ?? seat.folder, '.ssh'), { recursive: true })
  const child = spawn(partPath(program), [...words(seat, file)], {
    cwd: seat.folder,
    env: { ...env, GIT_SSH: file, ...more },
    timeout: 60_000,
  })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stderr.on('data', (part: Buffer) => err.push(part))
  child.stdin.on('error', () => child.stdin.destroy())
  child.stdin.end(input ?? '')
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { exit, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() }
}
