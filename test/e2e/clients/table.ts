// docs/clients.md: its head is written by hand and stays; the tables below the mark are made of the rows and of what the
// programs say of their version.

import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { partPath, type PartName } from '../../support/parts.ts'
import { logins, type Login, type Row } from './row.ts'

const file = join(import.meta.dirname, '../../../docs/clients.md')
const mark = '<!-- From here on written by the tests. -->'
const versionsHead = '| program | version tested |'

export async function readDocument(): Promise<string> {
  return readFile(file, 'utf8')
}

interface Program {
  readonly name: string
  readonly part: PartName
  readonly flag: string
  readonly version: RegExp
}

const openssh = { part: 'ssh', flag: '-V', version: /OpenSSH_([\w.]+)/ } as const
const newer = { ...openssh, part: 'ssh-10' } as const
const putty = { flag: '-V', version: /Release ([\d.]+)/ } as const
const programs: readonly Program[] = [
  { name: 'OpenSSH ssh', ...openssh },
  { name: 'OpenSSH sftp', ...openssh },
  { name: 'OpenSSH scp', ...openssh },
  { name: 'OpenSSH ssh-copy-id', ...openssh },
  { name: 'OpenSSH 10 ssh', ...newer },
  { name: 'OpenSSH 10 sftp', ...newer },
  { name: 'OpenSSH 10 scp', ...newer },
  { name: 'PuTTY plink', part: 'plink', ...putty },
  { name: 'PuTTY psftp', part: 'psftp', ...putty },
  { name: 'PuTTY pscp', part: 'pscp', ...putty },
  { name: 'dropbear dbclient', part: 'dbclient', flag: '-V', version: /Dropbear v([\w.]+)/ },
  { name: 'Ansible', part: 'ansible', flag: '--version', version: /core ([\d.]+)/ },
  { name: 'rsync', part: 'rsync', flag: '--version', version: /version ([\d.]+)/ },
  { name: 'git', part: 'git', flag: '--version', version: /version ([\d.]+)/ },
]

/** A program's own word for its version, on whichever stream and with whichever status it says so. */
function versionOf({ part, flag, version }: Program): Promise<string> {
  return new Promise((resolve) =>
    execFile(partPath(part), [flag], (_error, stdout, stderr) =>
      resolve(version.exec(`${stdout}${stderr}`)?.[1] ?? 'unknown'),
    ),
  )
}

const header: Readonly<Record<Login, string>> = {
  password: 'password + code',
  key: 'key + code',
  certificate: 'certificate',
}

/** The tables, from the rows in their order; rows that differ only in the login are one line. */
function tableOf(rows: readonly Row[]): string {
  const lines = new Map<string, Row[]>()
  for (const row of rows) {
    const name = `${row.program}\n${row.does}`
    lines.set(name, [...(lines.get(name) ?? []), row])
  }
  const text = [...lines.values()].map((same) => {
    const [first] = same
    if (!first) return ''
    const results = logins.map((login) => same.find((row) => row.login === login)?.result ?? '\u2013')
    return `| ${[first.program, first.does, ...results, first.note ?? ''].join(' | ')} |`
  })
  const head = ['program', 'what', ...logins.map((login) => header[login]), 'note']
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...text].join('\n')
}

/** The whole document as it should be. @throws where it has lost its mark. */
export async function documentOf(written: string, rows: readonly Row[], workers: number): Promise<string> {
  const at = written.indexOf(mark)
  if (at === -1) throw new Error(`docs/clients.md: expected the line \`${mark}\``)
  const used = programs.filter(({ name }) => rows.some((row) => row.program === name))
  const versions = await Promise.all(used.map(async (each) => `| ${each.name} | ${await versionOf(each)} |`))
  return [
    written.slice(0, at + mark.length),
    '',
    '## What was tested',
    '',
    'A dash: not tested so, because the login makes no difference to it or the program knows no certificates. `refused`: the gateway says why.',
    '',
    `All of it through a gateway whose SSH sessions are carried by ${workers} processes of their own (\`ssh.workers: ${workers}\`).`,
    '',
    tableOf(rows),
    '',
    versionsHead,
    '|---|---|',
    ...versions,
    '',
  ].join('\n')
}

/** The new document with the versions of the old one, where nothing but versions differs: a newer program is no failure. */
export function withVersionsOf(written: string, now: string): string {
  const [[old = '', versions = ''], [fresh = '', current = '']] = [written.split(versionsHead), now.split(versionsHead)]
  const names = (text: string): string => text.replaceAll(/\| [\w.]+ \|$/gm, '')
  return old === fresh && names(versions) === names(current) ? written : now
}
