// OpenSSH 10, whose clients and servers prefer a post-quantum key exchange, for systems that bring an older one. Debian
// has it for its older releases, too, as a backport: its packages are fetched from the mirror this machine uses, checked
// by apt with Debian's keys, and unpacked into a folder of this checkout. Nothing is installed, and what the system has
// stays as it is. The programs are called `ssh-10`, `scp-10` and so on, whosever they are. Used by setup.mjs.

import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the programs are once they have been made ready. */
export const newerOpenSshPrograms = fileURLToPath(new URL('../../node_modules/.cache/openssh-10/bin', import.meta.url))

const wanted = 10
const packages = ['openssh-client', 'openssh-server', 'openssh-sftp-server']
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** What each is called with, where `"$root"` is the folder of the packages or nothing, which means the system's own. */
const programs: Readonly<Record<string, string>> = {
  ssh: '"$root/usr/bin/ssh"',
  'ssh-keygen': '"$root/usr/bin/ssh-keygen"',
  scp: '"$root/usr/bin/scp" -S "$root/usr/bin/ssh"',
  sftp: '"$root/usr/bin/sftp" -S "$root/usr/bin/ssh"',
  // It is three programs since 9.8 and 10.0, each of which is told where the next one is.
  sshd: '"$root/usr/sbin/sshd" -o "SshdSessionPath=$root/usr/lib/openssh/sshd-session" -o "SshdAuthPath=$root/usr/lib/openssh/sshd-auth"',
}

/**
 * Makes the programs ready: the system's own where they are new enough, and fetched ones otherwise. May run several times
 * at once. Returns null, or in a clause why there are none.
 */
export function prepareNewerOpenSsh(): string | null {
  const place = dirname(newerOpenSshPrograms)
  mkdirSync(dirname(place), { recursive: true })
  const made = mkdtempSync(`${place}-`)
  try {
    const isOwn = majorOf('/usr/bin/ssh') >= wanted
    const problem = isOwn ? null : fetchInto(made)
    if (problem !== null) return problem
    writePrograms(made, isOwn)
    const ran = spawnSync(join(made, 'bin/ssh-10'), ['-V'], { encoding: 'utf8' })
    if (versionIn(ran.stderr) < wanted) return `what was fetched does not run: ${ran.stderr.trim()}`
    return settle(made, place)
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

/** Whoever comes first has its folder stay; what others have fetched meanwhile is the same. */
function settle(made: string, place: string): string | null {
  chmodSync(made, 0o755)
  try {
    renameSync(made, place)
  } catch (error) {
    const isWhole = Object.keys(programs).every((name) => existsSync(join(newerOpenSshPrograms, `${name}-10`)))
    if (!isWhole) return `\`${place}\` is in the way, remove it: ${String(error)}`
  }
  return null
}

function writePrograms(folder: string, isOwn: boolean): void {
  mkdirSync(join(folder, 'bin'))
  // Found from where it is called, so that the checkout may be moved.
  const root = isOwn ? '' : '$(cd "${0%/*}/../root" && pwd)'
  for (const [name, call] of Object.entries(programs))
    writeFileSync(join(folder, `bin/${name}-10`), `#!/bin/sh\nroot=${root}\nexec ${call} "$@"\n`, { mode: 0o755 })
}

function fetchInto(folder: string): string | null {
  const codename = /^VERSION_CODENAME=(\w+)$/m.exec(textOf('/etc/os-release'))?.[1]
  if (codename === undefined || !existsSync('/etc/debian_version') || !existsSync(keyring))
    return `OpenSSH ${wanted} or newer is expected where the system is not Debian`
  const targets = ['indextargets', '--format', '$(RELEASE) $(SITE)', 'Created-By: Packages']
  const mirror = new RegExp(`^${codename} (\\S+)$`, 'm').exec(run('apt-get', targets).stdout)?.[1]
  if (mirror === undefined) return `apt has no mirror of Debian \`${codename}\``

  const suite = `${codename}-backports`
  const at = (name: string): string => join(folder, name)
  for (const name of ['lists/partial', 'cache/archives/partial', 'packages', 'root'])
    mkdirSync(at(name), { recursive: true })
  const source = { Types: 'deb', URIs: mirror, Suites: suite, Components: 'main', 'Signed-By': keyring }
  const lines = Object.entries(source).map(([field, value]) => `${field}: ${value}\n`)
  writeFileSync(at('debian.sources'), lines.join(''))
  const ours = {
    'Dir::Etc::SourceList': at('debian.sources'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': at('lists'),
    'Dir::Cache': at('cache'),
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  }
  const options = Object.entries(ours).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  const steps: readonly (readonly string[])[] = [
    ['update', '--error-on=any'],
    ['download', ...packages.map((name) => `${name}/${suite}`)],
  ]
  for (const step of steps) {
    const ran = run('apt-get', ['-qq', ...options, ...step], at('packages'))
    if (ran.status !== 0) return `apt-get ${step[0]} from \`${suite}\` failed: ${`${ran.stdout}${ran.stderr}`.trim()}`
  }
  for (const name of readdirSync(at('packages'))) {
    const ran = run('dpkg-deb', ['-x', join(at('packages'), name), at('root')])
    if (ran.status !== 0) return `\`${name}\` could not be unpacked: ${ran.stderr.trim()}`
  }
  for (const name of ['lists', 'cache', 'packages', 'debian.sources']) rmSync(at(name), { recursive: true })
  return null
}

/** Runs a program to its end. One that is not there has failed, and says so. */
function run(program: string, words: readonly string[], cwd?: string) {
  const ran = spawnSync(program, [...words], { encoding: 'utf8', ...(cwd === undefined ? {} : { cwd }) })
  return { status: ran.status, stdout: ran.stdout ?? '', stderr: ran.stderr ?? String(ran.error) }
}

const versionIn = (text: string): number => Number(/OpenSSH_(\d+)\./.exec(text)?.[1] ?? 0)
const majorOf = (program: string): number => versionIn(run(program, ['-V']).stderr)

const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')
