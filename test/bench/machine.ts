// What the bench needs of the machine, checked before anything starts, and the machine in general terms, because figures
// without it mean nothing.

import { spawnSync } from 'node:child_process'
import { readFileSync, statfsSync } from 'node:fs'
import { arch, cpus, loadavg, totalmem, type } from 'node:os'
import { hasNativeCiphers } from '../../gateway/brokers/ssh/native-ciphers.ts'
import { findPart, parts, type PartName } from '../support/parts.ts'
import type { BenchOptions } from './options.ts'

const needed: readonly PartName[] = ['ssh', 'sshd', 'ssh-keygen', 'sftp', 'scp']

/** Everything that is missing, one clause each; empty when the bench can run. */
export function missingHere(options: BenchOptions, folder: string): string[] {
  const missing = needed
    .filter((name) => findPart(name) === null)
    .map((name) => `${name} is missing: install the Debian package \`${parts[name].debian}\``)
  if (process.platform !== 'linux')
    missing.push(`expected Linux (memory is read from /proc), got \`${process.platform}\``)
  // The source file, one recording at a time, and room for what the file system has not given back yet.
  const bytes = 3 * Math.max(options.throughput.bytes, options.files.bytes, options.transfers.bytes) + 500_000_000
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize < bytes)
    missing.push(
      `${folder}: expected ${(bytes / 1e9).toFixed(1)} GB free, got ${((bavail * bsize) / 1e9).toFixed(1)} GB: make room, or set TMPDIR`,
    )
  return missing
}

/** A sentence of warning where others keep the machine busy; null where they do not. Asked before anything is started. */
export function busyNote(): string | null {
  const [load = 0] = loadavg()
  if (load < cpus().length / 4) return null
  return `the machine was busy before the bench began (load ${load.toFixed(1)} on ${cpus().length} cores): one process, as the gateway is, then gets a smaller share than the several of the double hop; measure again when it is idle`
}

/** The machine in lines that name nobody's host. */
export function machineLines(options: BenchOptions): string[] {
  const [cpu] = cpus()
  const flags = new Set(/^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' '))
  const features = ['aes', 'vaes', 'sha_ni', 'avx2'].filter((flag) => flags.has(flag)).join(' ')
  const openssh = spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr.trim().split(',')[0] ?? 'OpenSSH'
  return [
    `${type()} ${arch()}, ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}; ${features}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    `Node.js ${process.version}, ${openssh}, ssh2 with ${hasNativeCiphers() ? 'its native ciphers' : 'NO native ciphers (npm run postinstall builds them)'}`,
    `cipher ${options.cipher}, key exchange curve25519-sha256, loopback, recording on${options.workers === null ? '' : `, SSH in ${options.workers === 0 ? 'the gateway’s own process' : `${options.workers} processes`}`}`,
  ]
}
