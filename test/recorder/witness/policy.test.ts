import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signCheckpoint } from '../../../recorder/checkpoint.ts'
import { parseNote } from '../../../recorder/note.ts'
import { judgeCheckpoint, meetsQuorum, parseLogPolicy } from '../../../recorder/witness/policy.ts'
import { newLog, newWitness, origin } from './keys.ts'

const log = newLog()
const names = ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'] as const
const witnesses = names.map((name) => newWitness(`${name}.example`, name === 'X3' ? 'ml-dsa-44' : 'ed25519'))
const defined = names.map((name, i) => `witness ${name} ${witnesses[i]?.key.vkey}`)
const example = [
  '# two organisations',
  `log ${log.vkey} https://plant1.example/ledger`,
  '',
  ...defined,
  'group X-witnesses 2 X1 X2 X3',
  '\tgroup Y-witnesses\tany Y1 Y2 Y3',
  'group X-and-Y all X-witnesses Y-witnesses',
  'quorum X-and-Y',
]
const parse = (lines: readonly string[]) => parseLogPolicy(Buffer.from(`${lines.join('\n')}\n`, 'utf8'))

function policyOf(lines: readonly string[]) {
  const parsed = parse(lines)
  if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('\n'))
  return parsed.policy
}

const checkpoint = signCheckpoint({ origin, size: 9, root: Buffer.alloc(32, 1), extensions: [] }, [log])

function cosignedBy(...by: readonly (typeof names)[number][]) {
  const note = parseNote(checkpoint)
  if (note.kind === 'malformed') throw new Error(note.reason)
  const lines = by.map((name) => witnesses[names.indexOf(name)]?.key.cosign(note.value.text, 77) ?? '')
  return Buffer.concat([checkpoint, Buffer.from(lines.join(''), 'utf8')])
}

describe('a trust policy', () => {
  it('asks for a quorum of groups', () => {
    const policy = policyOf(example)
    expect(judgeCheckpoint(cosignedBy('X1', 'X3', 'Y2'), policy)).toMatchObject({
      kind: 'trusted',
      by: [log.vkey],
      cosignatures: [{ at: 77 }, { at: 77 }, { at: 77 }],
    })
    for (const few of [cosignedBy(), cosignedBy('X1', 'Y1', 'Y2', 'Y3'), cosignedBy('X1', 'X2', 'X3')])
      expect(judgeCheckpoint(few, policy)).toMatchObject({ kind: 'untrusted', reason: /no quorum/ })
  })

  it('says which cosignature does not hold where that makes the difference', () => {
    const bytes = cosignedBy('X1', 'X2', 'Y1').toString('utf8')
    const [, ...lines] = bytes.split('\u2014 ')
    const last = lines.at(-1)?.trim() ?? ''
    const raw = Buffer.from(last.split(' ')[1] ?? '', 'base64')
    raw.writeUInt8((raw.at(-1) ?? 0) ^ 1, raw.length - 1)
    const changed = bytes.replace(last, `${last.split(' ')[0]} ${raw.toString('base64')}`)
    expect(judgeCheckpoint(Buffer.from(changed, 'utf8'), policyOf(example))).toMatchObject({
      kind: 'untrusted',
      reason: /cosigned by 2 .*cosignature by `Y1\.example\+[0-9a-f]{8}` does not hold/,
    })
  })

  it('refuses a checkpoint that a log signed under another’s origin', () => {
    const other = newLog('plant2.example/gateway-ledger')
    const policy = policyOf([`log ${log.vkey}`, `log ${other.vkey}`, 'quorum none'])
    const forged = signCheckpoint({ origin, size: 9, root: Buffer.alloc(32, 1), extensions: [] }, [other])
    expect(judgeCheckpoint(checkpoint, policy).kind).toBe('trusted')
    expect(judgeCheckpoint(forged, policy)).toMatchObject({
      kind: 'untrusted',
      reason: /no signature by a key of that/,
    })
  })

  it('is refused with every line that is wrong', () => {
    const parsed = parse([
      'log',
      `log ${log.vkey}`,
      `log ${log.vkey}`,
      `log ${witnesses[0]?.key.vkey}`,
      'witness none x',
      defined[0] ?? '',
      defined[0] ?? '',
      `witness again ${witnesses[0]?.key.vkey}`,
      'group g 2 X1',
      'group h any nobody',
      'group i any X1',
      'group j 0 X1',
      'quorum nobody',
      'quorum none',
      'quorum none',
      'watcher X1',
      'quorum\u0001 none',
    ])
    expect(parsed.kind === 'malformed' && parsed.problems.map((problem) => problem.split(':')[0])).toEqual([
      'policy line 1',
      'policy line 3',
      'policy line 4',
      'policy line 5',
      'policy line 7',
      'policy line 8',
      'policy line 9',
      'policy line 10',
      'policy line 11',
      'policy line 12',
      'policy line 13',
      'policy line 15',
      'policy line 16',
      'policy line 17',
    ])
    expect(parse([`log ${log.vkey}`])).toMatchObject({ kind: 'malformed', problems: [/expected one `quorum` line/] })
  })

  it('never throws, whatever the file holds', () => {
    const words = fc.constantFrom(
      'log',
      'witness',
      'group',
      'quorum',
      'none',
      'all',
      'any',
      '2',
      'X1',
      '\t',
      '#',
      log.vkey,
    )
    const line = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 6 }).map((parts) => parts.join(' ')),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.array(line).map((lines) => Buffer.from(lines.join('\n'))),
        ),
        (bytes) => {
          expect(['ok', 'malformed']).toContain(parseLogPolicy(bytes).kind)
        },
      ),
    )
  })

  it('is met by more witnesses wherever it is met by fewer', () => {
    const { quorum } = policyOf(example)
    fc.assert(
      fc.property(fc.subarray([...names]), fc.constantFrom(...names), (some, another) => {
        const before = meetsQuorum(quorum, new Set<string>(some))
        expect(meetsQuorum(quorum, new Set<string>([...some, another])) || !before).toBe(true)
      }),
    )
  })
})
