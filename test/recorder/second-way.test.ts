// Three ways to judge an export that share no line: ours, Go's packages (test/interop/ledger.go), and a shell script of openssl,
// sha256sum and age that stands in docs/auditor.md word for word. Each is asked about the same exports, intact and tampered
// with; the table says what each can see, and whatever one can see it says as the others do.

import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { verifyExport } from '../../recorder/index.ts'
import { describeWith } from '../support/describe-with.ts'
import { partPath } from '../support/parts.ts'
import { resign } from './resign.ts'
import { makeExport, sessionA, sessionB, signer, signerOf, trust } from './sample.ts'
import {
  add,
  both,
  cut,
  edit,
  entriesIn,
  flip,
  reframe,
  relog,
  remove,
  retile,
  reword,
  reworded,
  sealAnew,
  signAgain,
  swapped,
  type Tamper,
  without,
} from './tamper.ts'

const foreign = signerOf(9)
const right = [signer]
const [a, b] = [`recordings/${sessionA}`, `recordings/${sessionB}`]
const padding = 300
const size = padding + 4
const [lastBundle, lastTile] = [`ledger/tile/entries/001.p/${size - 256}`, `ledger/tile/0/001.p/${size - 256}`]

/** The script of the page, as a reader copies it. */
function documentedScript(): string {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'auditor.md'), 'utf8')
  const [, script] = /Save it as `check\.sh`[\s\S]*?```sh\n([\s\S]*?)```/.exec(page) ?? []
  if (script === undefined) throw new Error('docs/auditor.md: expected the script `check.sh`')
  return script
}

/** The entry that names the new seal of a recording, as who holds the key would write it. */
const namesSeal =
  (recording: string): Tamper =>
  (dir) => {
    const seal = execFileSync('sha256sum', [join(dir, recording, 'seal')], { encoding: 'utf8' }).slice(0, 64)
    const session = recording.slice('recordings/'.length)
    relog(right, (entries) =>
      entries.map((entry) => {
        const text = entry.toString('utf8')
        const isOurs = text.includes('recording_sealed') && text.includes(session)
        return isOurs ? Buffer.from(text.replace(/"seal":"[0-9a-f]{64}"/, `"seal":"${seal}"`)) : entry
      }),
    )(dir)
  }

type Settle = 'as it was' | 'by the key' | 'by a stranger'
type Sees = 'sees it' | 'cannot'

// What was done, who signed MANIFEST afterwards, whether Go and the script can see it. `sallyport verify` sees all of it.
const table: readonly (readonly [string, Tamper, Settle, Sees, Sees])[] = [
  ['a bit of a stream flipped', flip(`${a}/0000.stream`), 'as it was', 'cannot', 'sees it'],
  ['a bit of a stream flipped, MANIFEST made to fit', flip(`${a}/0000.stream`), 'by the key', 'cannot', 'sees it'],
  ['a stream truncated', cut(`${a}/0000.stream`, 9), 'by the key', 'cannot', 'sees it'],
  [
    'a stream cut and sealed anew',
    both(reframe(`${b}/0001.stream`, without(2)), sealAnew(b, right)),
    'by the key',
    'cannot',
    'sees it',
  ],
  [
    'the same, and the ledger made to name it',
    both(reframe(`${b}/0001.stream`, without(2)), sealAnew(b, right), namesSeal(b)),
    'by the key',
    'cannot',
    'cannot',
  ],
  [
    'streams of two recordings exchanged',
    (dir) => {
      const [one, other] = [a, b].map((recording) => readFileSync(join(dir, recording, '0000.stream')))
      both(add(`${a}/0000.stream`, other ?? ''), add(`${b}/0000.stream`, one ?? ''))(dir)
    },
    'by the key',
    'cannot',
    'sees it',
  ],
  ['a seal by a stranger', signAgain(`${a}/seal`, [foreign]), 'by the key', 'cannot', 'sees it'],
  ['a seal that a stranger signed too', signAgain(`${a}/seal`, [signer, foreign]), 'by the key', 'cannot', 'sees it'],
  [
    'a seal with another reason',
    signAgain(`${a}/seal`, right, (text) => text.replace('reason client', 'reason policy')),
    'by the key',
    'cannot',
    'sees it',
  ],
  ['a manifest reworded', reword(`${a}/manifest.json`, 'ews-1', 'ews-2'), 'by the key', 'cannot', 'sees it'],
  ['a wrapped key changed', flip(`${a}/key.age`), 'by the key', 'cannot', 'sees it'],
  [
    'a session key changed',
    edit(`keys/${sessionA}`, (whole) => {
      whole[0] = whole[0] === 0x61 ? 0x62 : 0x61
      return whole
    }),
    'by the key',
    'cannot',
    'sees it',
  ],
  ['a cast reworded', reword(`casts/${sessionA}.0000.cast`, 'whoami', 'whoarm'), 'by the key', 'cannot', 'cannot'],
  ['a disclosure reworded', reword('disclosures.json', 'faulty', 'sound!'), 'by the key', 'cannot', 'cannot'],
  [
    'another root in export.json',
    edit('export.json', (whole) => Buffer.from(whole.toString().replace(/"root":"./, '"root":"_'))),
    'by the key',
    'cannot',
    'sees it',
  ],
  [
    'a session not named in export.json',
    edit('export.json', (whole) => Buffer.from(whole.toString().replace(/"sessions":\["[a-z0-9_]+",/, '"sessions":['))),
    'by the key',
    'cannot',
    'sees it',
  ],
  ['a file added', add('notes.txt', 'x'), 'as it was', 'cannot', 'sees it'],
  ['a file added and listed', add('notes.txt', 'x'), 'by the key', 'cannot', 'cannot'],
  ['a file gone', remove('disclosures.json'), 'as it was', 'cannot', 'sees it'],
  [
    'a link in place of a file',
    (dir) => {
      rmSync(join(dir, 'disclosures.json'))
      symlinkSync('export.json', join(dir, 'disclosures.json'))
    },
    'as it was',
    'cannot',
    'sees it',
  ],
  ['MANIFEST by a stranger', () => undefined, 'by a stranger', 'cannot', 'sees it'],
  [
    'MANIFEST that leaves a file out',
    signAgain('MANIFEST', right, (text) => text.replace(/.*disclosures\.json\n/, '')),
    'as it was',
    'cannot',
    'sees it',
  ],
  [
    'MANIFEST with another sum',
    signAgain('MANIFEST', right, (text) => text.replace(/bytes ./, 'bytes 9')),
    'as it was',
    'cannot',
    'sees it',
  ],
  [
    'MANIFEST of a later version',
    signAgain('MANIFEST', right, (text) => text.replace('manifest/v1', 'manifest/v2')),
    'as it was',
    'cannot',
    'sees it',
  ],
  ['a checkpoint by a stranger', signAgain('ledger/checkpoint', [foreign]), 'by the key', 'sees it', 'sees it'],
  [
    'a checkpoint of another size',
    reword('ledger/checkpoint', `\n${size}\n`, `\n${size - 1}\n`),
    'by the key',
    'sees it',
    'sees it',
  ],
  [
    'a checkpoint of another ledger',
    signAgain('ledger/checkpoint', [signerOf(1, 'other.example/ledger')], (text) =>
      text.replace(/.*/, 'other.example/ledger'),
    ),
    'by the key',
    'sees it',
    'sees it',
  ],
  [
    'an entry reworded',
    edit(lastBundle, (whole) =>
      Buffer.from(whole.toString('latin1').replace('gateway.noted', 'gateway.moted'), 'latin1'),
    ),
    'by the key',
    'sees it',
    'cannot',
  ],
  ['an entry reworded with its tiles', retile(reworded(2, '"i":2', '"i":7')), 'by the key', 'sees it', 'cannot'],
  ['entries reordered with their tiles', retile(swapped(2, 3)), 'by the key', 'sees it', 'cannot'],
  ['an entry left out with its tiles', retile(without(5)), 'by the key', 'sees it', 'cannot'],
  ['a bit of a tile flipped', flip(lastTile), 'by the key', 'sees it', 'cannot'],
  ['a tile gone', remove('ledger/tile/1/000.p/1'), 'by the key', 'sees it', 'cannot'],
  ['a tile too many', add('ledger/tile/1/000.p/2', Buffer.alloc(64)), 'by the key', 'cannot', 'cannot'],
  ['the ledger made anew by a stranger', relog([foreign], without(5)), 'by the key', 'sees it', 'sees it'],
  ['an entry of no version, by the key', relog(right, reworded(2, '"v":1', '"v":2')), 'by the key', 'cannot', 'cannot'],
  [
    'the entry of a seal left out, by the key',
    relog(right, (entries) =>
      entries.filter((entry) => !(entry.includes('recording_sealed') && entry.includes(sessionA))),
    ),
    'by the key',
    'cannot',
    'sees it',
  ],
]

describeWith(['go', 'go-sumdb', 'openssl', 'age'], 'three ways to judge an export', () => {
  let folder: string
  let intact: string
  let escrow: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-ways-'))
    const source = join(import.meta.dirname, '..', 'interop', 'ledger.go')
    const env = {
      PATH: process.env['PATH'] ?? '',
      GO111MODULE: 'off',
      GOPATH: '/usr/share/gocode',
      GOCACHE: join(folder, 'cache'),
    }
    execFileSync(partPath('go'), ['build', '-o', join(folder, 'ledger'), source], { env, cwd: folder })
    writeFileSync(join(folder, 'check.sh'), documentedScript())
    // One escrow key for both recordings, as at a plant.
    const made = await makeExport(folder, { padding, sessions: [sessionA, sessionB] })
    intact = made.dir
    escrow = join(folder, 'escrow.txt')
    writeFileSync(escrow, `${made.escrow.identity}\n`)
  }, 300_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const holds = async (program: string, ...args: readonly string[]): Promise<boolean> =>
    promisify(execFile)(program, args).then(
      () => true,
      (error: { readonly code: unknown; readonly stdout: string }) => {
        // 1 is the verdict; anything else means that it could not judge.
        expect(error).toMatchObject({ code: 1, stdout: expect.stringContaining('NOT VERIFIED') })
        return false
      },
    )
  const judged = async (dir: string): Promise<{ ours: boolean; go: boolean; script: boolean }> => {
    const [go, script, { holds: ours }] = await Promise.all([
      holds(join(folder, 'ledger'), dir, signer.vkey),
      holds('sh', join(folder, 'check.sh'), dir, signer.vkey, escrow),
      verifyExport(dir, trust),
    ])
    return { ours, go, script }
  }

  it('agree that an intact export holds', async () => {
    expect(entriesIn(intact)).toHaveLength(size)
    expect(await judged(intact)).toEqual({ ours: true, go: true, script: true })
  })

  it('agree that nothing holds under another key', async () => {
    expect(await holds(join(folder, 'ledger'), intact, foreign.vkey)).toBe(false)
    expect(await holds('sh', join(folder, 'check.sh'), intact, foreign.vkey)).toBe(false)
  })

  it.each(table)('agree, as far as each can see: %s', async (_, tamper, settle, go, script) => {
    const dir = mkdtempSync(join(folder, 'changed-'))
    cpSync(intact, dir, { recursive: true })
    tamper(dir)
    if (settle !== 'as it was') resign(dir, settle === 'by the key' ? signer : foreign)
    expect(await judged(dir)).toEqual({ ours: false, go: go === 'cannot', script: script === 'cannot' })
  })

  it('give keys by the escrow key alone: with another one nothing is opened', async () => {
    const other = join(folder, 'other.txt')
    writeFileSync(other, readFileSync(join(import.meta.dirname, '..', 'vectors', 'recorder', 'v1', 'escrow.txt')))
    expect(await holds('sh', join(folder, 'check.sh'), intact, signer.vkey, other)).toBe(false)
  })
})
