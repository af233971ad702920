// Rows of files that are looked at on their way, by a real clamd: what each program shows of a file that passes, of one
// that does not, and of one that waits for a person.

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect } from 'vitest'

import type { FileView } from '../../../gateway/contract/views.ts'
import { eicar } from '../../support/clamd.ts'
import { eventually } from '../../support/eventually.ts'
import { runOverSsh } from './over-ssh.ts'
import { runPutty } from './putty.ts'
import type { Row, Seat, Seen } from './row.ts'
import { userOf } from './seat.ts'

/**
 * Rules of files.yaml that these rows need: in these people's folders of the names of a crossing, whatever else allows it.
 * Not elsewhere: rsync and git take whole folders, where nothing below may be looked at.
 */
export const quarantineRules = (assets: readonly string[], logins: readonly string[]): readonly object[] =>
  (['scan', 'release'] as const).map((crossing) => ({
    id: `looked-at-${crossing}`,
    text: 'Files that are looked at on their way.',
    assets,
    paths: logins.map((login) => `${tmpdir()}/*/seat-${login}-*/far/*/${crossing}/**`),
    allow: ['list', 'read', 'write', 'setstat'],
    upload: crossing,
    download: crossing,
    releasedBy: ['approver'],
  }))

const clean = randomBytes(300_001)

/** One program that carries one file. */
interface Carrier {
  readonly program: string
  /** In the table; empty where a program has one way only. */
  readonly way: string
  readonly name: string
  /** How it ends when the gateway says no; 1 where nothing is said. */
  readonly failed?: { readonly bring: number; readonly fetch: number }
  readonly note?: string
  bring(seat: Seat, near: string, far: string): Promise<Seen>
  fetch(seat: Seat, far: string, near: string): Promise<Seen>
}

const host = (seat: Seat): string => `${userOf(seat)}@localhost`

const scp = (name: string, way: string, flags: readonly string[]): Carrier => ({
  program: 'OpenSSH scp',
  way,
  name,
  bring: (seat, near, far) =>
    runOverSsh(seat, 'certificate', {
      part: 'scp',
      words: (_seat, ssh) => [...flags, '-S', ssh, near, `${host(seat)}:${far}`],
    }),
  fetch: (seat, far, near) =>
    runOverSsh(seat, 'certificate', {
      part: 'scp',
      words: (_seat, ssh) => [...flags, '-S', ssh, `${host(seat)}:${far}`, near],
    }),
})

const sftp = (seat: Seat, line: string): Promise<Seen> =>
  runOverSsh(seat, 'certificate', {
    part: 'sftp',
    words: (_seat, ssh) => ['-S', ssh, '-b', '-', host(seat)],
    input: `${line}\n`,
  })

async function psftp(seat: Seat, line: string): Promise<Seen> {
  const batch = join(seat.folder, 'line.scr')
  await writeFile(batch, `${line}\nquit\n`)
  return runPutty(seat, 'certificate', 'psftp', ['-b', batch, 'localhost'], { input: '' })
}

const pscp = (way: '-sftp' | '-scp'): Carrier => ({
  program: 'PuTTY pscp',
  way: ` (\`${way}\`)`,
  name: `pscp${way}`,
  // Of SFTP it does not look at the answer to its last step, which is the one that fails.
  ...(way === '-sftp' && {
    failed: { bring: 0, fetch: 1 },
    note: 'shows why, but ends with status 0: `psftp` and `pscp -scp` do not',
  }),
  bring: (seat, near, far) => runPutty(seat, 'certificate', 'pscp', [way, near, `localhost:${far}`], { input: '' }),
  fetch: (seat, far, near) => runPutty(seat, 'certificate', 'pscp', [way, `localhost:${far}`, near], { input: '' }),
})

const openssh: readonly Carrier[] = [
  {
    program: 'OpenSSH sftp',
    way: '',
    name: 'sftp',
    bring: (seat, near, far) => sftp(seat, `put ${near} ${far}`),
    fetch: (seat, far, near) => sftp(seat, `get ${far} ${near}`),
  },
  scp('scp', '', []),
  scp('scp-old', ' (`-O`)', ['-O']),
]
const putty: readonly Carrier[] = [
  {
    program: 'PuTTY psftp',
    way: '',
    name: 'psftp',
    failed: { bring: 2, fetch: 2 },
    bring: (seat, near, far) => psftp(seat, `put ${near} ${far}`),
    fetch: (seat, far, near) => psftp(seat, `get ${far} ${near}`),
  },
  pscp('-sftp'),
  pscp('-scp'),
]

interface Places {
  readonly near: string
  readonly far: string
}

/** A file of this content, and a folder of the target by whose name the rules know what happens to it. */
async function lay(seat: Seat, name: string, crossing: 'scan' | 'release', content: Uint8Array): Promise<Places> {
  const { near, far } = placesOf(seat, name, crossing)
  await mkdir(join(seat.far, name, crossing), { recursive: true })
  await writeFile(near, content)
  return { near, far }
}

const placesOf = (seat: Seat, name: string, crossing: 'scan' | 'release'): Places => ({
  near: join(seat.folder, name),
  far: join(seat.far, name, crossing, 'file'),
})

/** A person of the plant answers for the file as soon as its client waits for it. */
async function answer({ stage }: Seat, path: string, word: 'release' | 'refuse'): Promise<void> {
  const approver = await stage.api('approver')
  const { id } = await eventually(
    'the file waits for a person',
    async () => {
      const { items } = await approver.ok<{ items: readonly FileView[] }>('GET', '/files?waiting=true&limit=200')
      return items.find((file) => file.path === path && file.awaited) ?? null
    },
    60_000,
  )
  await approver.ok('POST', `/files/${id}/${word}`, { reason: 'looked at it with the supplier' })
}

/** What the user reads, on whichever stream the program shows it. */
const shownOf = ({ exit, stdout, stderr }: Seen): Seen => ({ exit, stdout, stderr: `${stderr}\n${stdout.toString()}` })

const common = { login: 'certificate', recorded: { in: '' } } as const
const infected = /the malware scanner found Eicar-Test\S* in it: it stays with the plant/

function rowsOf(carrier: Carrier): readonly Row[] {
  const { program, way, name, failed = { bring: 1, fetch: 1 }, note } = carrier
  const noted = note === undefined ? {} : { note }
  return [
    {
      ...common,
      program,
      does: `brings a file that is looked at: clean${way}`,
      result: 'works',
      async run(seat) {
        const { near, far } = await lay(seat, `${name}-clean`, 'scan', clean)
        return carrier.bring(seat, near, far)
      },
      exit: 0,
      recorded: { in: clean.subarray(0, 4_096) },
      async after(seat) {
        expect((await readFile(placesOf(seat, `${name}-clean`, 'scan').far)).equals(clean)).toBe(true)
      },
    },
    {
      ...common,
      program,
      does: `brings one with malware${way}`,
      result: 'refused',
      ...noted,
      async run(seat) {
        const { near, far } = await lay(seat, `${name}-infected`, 'scan', eicar)
        return shownOf(await carrier.bring(seat, near, far))
      },
      exit: failed.bring,
      stderr: infected,
      after: async (seat) => expect(existsSync(placesOf(seat, `${name}-infected`, 'scan').far)).toBe(false),
    },
    {
      ...common,
      program,
      does: `brings one that a person lets go while it waits${way}`,
      result: 'works',
      async run(seat) {
        const content = Buffer.concat([clean, Buffer.from(name)])
        const { near, far } = await lay(seat, `${name}-released`, 'release', content)
        const [seen] = await Promise.all([carrier.bring(seat, near, far), answer(seat, far, 'release')])
        return shownOf(seen)
      },
      exit: 0,
      stderr: /it waits for a person of the plant to let it go/,
      after: async (seat) =>
        expect((await readFile(placesOf(seat, `${name}-released`, 'release').far)).length).toBe(
          clean.length + name.length,
        ),
    },
    {
      ...common,
      program,
      does: `brings one that a person refuses${way}`,
      result: 'refused',
      ...noted,
      async run(seat) {
        const { near, far } = await lay(seat, `${name}-kept`, 'release', Buffer.from(`kept ${name}`))
        const [seen] = await Promise.all([carrier.bring(seat, near, far), answer(seat, far, 'refuse')])
        return shownOf(seen)
      },
      exit: failed.bring,
      stderr: /the plant refused it/,
      after: async (seat) => expect(existsSync(placesOf(seat, `${name}-kept`, 'release').far)).toBe(false),
    },
    {
      ...common,
      program,
      does: `fetches one with malware${way}`,
      result: 'refused',
      async run(seat) {
        const { far, near } = placesOf(seat, `${name}-fetched`, 'scan')
        await mkdir(join(seat.far, `${name}-fetched`, 'scan'), { recursive: true })
        await writeFile(far, eicar)
        return shownOf(await carrier.fetch(seat, far, near))
      },
      exit: failed.fetch,
      stderr: infected,
      async after(seat) {
        const { near } = placesOf(seat, `${name}-fetched`, 'scan')
        // Some make the file before they ask for its content.
        expect(existsSync(near) && (await readFile(near)).includes(eicar)).toBe(false)
      },
    },
  ]
}

/** What takes whole folders cannot go where files are looked at. */
const rsync: Row = {
  ...common,
  program: 'rsync',
  does: 'to where files are looked at',
  result: 'refused',
  note: 'it sends them mingled: `sftp` and `scp` are named instead',
  async run(seat) {
    const { near, far } = await lay(seat, 'rsync', 'scan', clean)
    const seen = await runOverSsh(seat, 'certificate', {
      part: 'rsync',
      words: (_seat, ssh) => ['-a', '-e', ssh, near, `${host(seat)}:${far}`],
    })
    // It is told while it writes or while it reads, and has a status for each.
    return { ...seen, exit: seen.exit === 0 ? 0 : 1 }
  },
  exit: 1,
  stderr: /looked at one by one, and rsync sends them mingled: use sftp or scp/,
  after: async (seat) => expect(existsSync(placesOf(seat, 'rsync', 'scan').far)).toBe(false),
}

export const quarantineRows = { openssh: [...openssh.flatMap(rowsOf), rsync], putty: putty.flatMap(rowsOf) }
