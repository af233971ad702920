// The real programs that tests are run against, and how a test asks for one. One table, which setup.mjs reads as well.
// In CI no test is skipped for want of a part; elsewhere a missing part skips the tests that need it.

import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

import { newerOpenSshPrograms } from './newer-openssh.ts'

interface Part {
  /** Names it goes by, the first found in the path or in the system folders is taken; a full path where it is a library. */
  readonly programs: readonly [string, ...string[]]
  /** The Debian package that brings it. */
  readonly debian: string
  readonly why: string
  /** The system's own may be too old: newer-openssh.ts makes it ready, and nothing is installed. */
  readonly apart?: true
}

const newer = { debian: 'openssh-client', apart: true } as const

export const parts = {
  ssh: { programs: ['ssh'], debian: 'openssh-client', why: 'the client a service engineer uses' },
  'ssh-keygen': {
    programs: ['ssh-keygen'],
    debian: 'openssh-client',
    why: 'reads and makes keys the way OpenSSH does',
  },
  sshd: { programs: ['sshd'], debian: 'openssh-server', why: 'the target of a brokered session' },
  'ssh-10': { programs: ['ssh-10'], ...newer, why: 'a client that prefers a post-quantum key exchange' },
  'scp-10': { programs: ['scp-10'], ...newer, why: 'the copy program of that client' },
  'sftp-10': { programs: ['sftp-10'], ...newer, why: 'the file transfer of that client' },
  'ssh-keygen-10': {
    programs: ['ssh-keygen-10'],
    ...newer,
    why: 'makes keys and certificates as that client has them',
  },
  'sshd-10': { programs: ['sshd-10'], ...newer, debian: 'openssh-server', why: 'a target that prefers it as well' },
  asciinema: { programs: ['asciinema'], debian: 'asciinema', why: 'plays an exported terminal recording' },
  age: { programs: ['age'], debian: 'age', why: 'opens a recording with the escrow key and none of our code' },
  go: { programs: ['go'], debian: 'golang-go', why: 'builds a verifier of the ledger that is not ours' },
  'go-sumdb': {
    programs: ['/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tlog.go'],
    debian: 'golang-golang-x-mod-dev',
    why: 'Go\u2019s own signed notes and transparency logs',
  },
  script: { programs: ['script'], debian: 'bsdutils', why: 'gives ssh a terminal to ask for a password on' },
  prlimit: { programs: ['prlimit'], debian: 'util-linux', why: 'makes the disk of a running gateway full' },
  strace: { programs: ['strace'], debian: 'strace', why: 'makes the disk of a running gateway slow' },
  openssl: { programs: ['openssl'], debian: 'openssl', why: 'judges certificates and signatures' },
  'ceph-mon': { programs: ['ceph-mon'], debian: 'ceph-mon', why: 'the monitor behind radosgw' },
  'ceph-osd': { programs: ['ceph-osd'], debian: 'ceph-osd', why: 'keeps what radosgw is given, in memory' },
  radosgw: { programs: ['radosgw'], debian: 'radosgw', why: 'an object store that speaks S3, with object lock' },
  scp: { programs: ['scp'], debian: 'openssh-client', why: 'copies files, by SFTP and by the old protocol' },
  sftp: { programs: ['sftp'], debian: 'openssh-client', why: 'the file transfer of OpenSSH' },
  'ssh-copy-id': { programs: ['ssh-copy-id'], debian: 'openssh-client', why: 'what is to be refused, as it comes' },
  plink: { programs: ['plink'], debian: 'putty-tools', why: 'PuTTY without its window' },
  psftp: { programs: ['psftp'], debian: 'putty-tools', why: 'the SFTP client of PuTTY' },
  pscp: { programs: ['pscp'], debian: 'putty-tools', why: 'the copy program of PuTTY' },
  puttygen: { programs: ['puttygen'], debian: 'putty-tools', why: 'makes a key PuTTY reads' },
  dbclient: { programs: ['dbclient'], debian: 'dropbear-bin', why: 'the SSH client of small devices' },
  dropbear: { programs: ['dropbear'], debian: 'dropbear-bin', why: 'the SSH server of small devices' },
  unshare: { programs: ['unshare'], debian: 'util-linux', why: 'gives a server a home of its own' },
  dropbearkey: { programs: ['dropbearkey'], debian: 'dropbear-bin', why: 'makes keys the way dropbear does' },
  dropbearconvert: {
    programs: ['dropbearconvert'],
    debian: 'dropbear-bin',
    why: 'turns keys into the form dropbear reads',
  },
  rsync: { programs: ['rsync'], debian: 'rsync', why: 'copies what has changed' },
  git: { programs: ['git'], debian: 'git', why: 'clones and pushes over SSH' },
  python3: { programs: ['python3'], debian: 'python3', why: 'what Ansible runs on a target' },
  ansible: { programs: ['ansible'], debian: 'ansible-core', why: 'runs modules on a target' },
  'ssh-audit': { programs: ['ssh-audit'], debian: 'ssh-audit', why: 'judges the algorithms of a server' },
  clamd: { programs: ['clamd'], debian: 'clamav-daemon', why: 'gives the verdict on a file' },
  telnetd: { programs: ['telnetd', 'in.telnetd'], debian: 'inetutils-telnetd', why: 'a target without encryption' },
  telnet: { programs: ['telnet'], debian: 'telnet', why: 'the client of such a target' },
  chromium: {
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    debian: 'chromium',
    why: 'the browser the pages are tested in',
  },
} as const satisfies Record<string, Part>

export type PartName = keyof typeof parts

export const partNames = Object.keys(parts) as readonly PartName[]

/** Whether this run stands for the project: then a missing part is a failure and never a skipped test. */
export const inCi = process.env['CI'] !== undefined && process.env['CI'] !== '' && process.env['CI'] !== 'false'

// Where Debian keeps the programs of administrators, which are in nobody else's path.
const systemFolders = ['/usr/sbin', '/sbin', '/usr/local/sbin']

/** The full path of a part's program, or null where it is not installed. */
export function findPart(name: PartName): string | null {
  const part: Part = parts[name]
  const folders = part.apart
    ? [newerOpenSshPrograms]
    : [...(process.env['PATH'] ?? '').split(delimiter), ...systemFolders]
  for (const program of part.programs) {
    if (isAbsolute(program)) {
      if (statSync(program, { throwIfNoEntry: false })?.isFile() === true) return program
      continue
    }
    const found = folders
      .filter((folder) => folder !== '')
      .map((folder) => join(folder, program))
      .find(isProgram)
    if (found !== undefined) return found
  }
  return null
}

/** The full path of a part's program. Throws where it is missing, naming the package to install. */
export function partPath(name: PartName): string {
  const found = findPart(name)
  if (found === null) throw new Error(`part \`${name}\`: not found: expected Debian package \`${parts[name].debian}\``)
  return found
}

/** Whether tests that need these parts should run: always in CI, where a missing one must show as a failure. */
export function hasPart(...names: readonly PartName[]): boolean {
  return inCi || names.every((name) => findPart(name) !== null)
}

function isProgram(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // A file that may not be executed is no program: the search goes on.
    return false
  }
}
