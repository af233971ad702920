// The golden files of format v1 as it was revised: they verify, say what they said when they were made, and each way to
// tamper with them is found at its place. What is tampered with is put behind a MANIFEST that the trusted key signed anew,
// so that every check stands for itself.

import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import {
  judgeCheckpoint,
  parseProof,
  parseTrust,
  readFrames,
  trustText,
  unwrapSessionKey,
  verifyExport,
  verifyProof,
} from '../../recorder/index.ts'
import { describeWith } from '../support/describe-with.ts'
import { partPath } from '../support/parts.ts'
import { opensslVerifies } from '../support/time-authority.ts'
import { faultsOf, foreign, fresh, loss, old, policy, readTrust, revised, tampered, verified } from './golden-files.ts'
import { resign } from './resign.ts'
import { makeFolder, origin, sessionA, sessionB } from './sample.ts'
import {
  add,
  both,
  cut,
  doubled,
  edit,
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
  without,
  type Tamper,
} from './tamper.ts'

const recordingOf = (session: string): string => `recordings/${session}`
const [a, b] = [recordingOf(sessionA), recordingOf(sessionB)]
const [pty, tunnel] = [`${a}/0000.stream`, `${a}/0001.stream`]
const file = `${b}/0000.stream`
const bundle = (count: number): string => `ledger/tile/entries/000.p/${count}`
const rightKey = [fresh]

describe('the golden files of version v1, revised', () => {
  it('verify, with the witnesses and the timestamp they were made with', async () => {
    const report = await verified(revised)
    expect(faultsOf(report)).toEqual([])
    expect(report).toMatchObject({
      ledger: { size: 16 },
      recordings: [
        { session: sessionB, status: 'complete', channels: 2, frames: 9, decrypted: true },
        { session: sessionA, status: 'complete', channels: 2, frames: 13, decrypted: true },
      ],
      deleted: [{ proposedBy: 'per_one', confirmedBy: 'per_two', entry: 13 }],
    })
    const said = report.findings.map(({ what }) => what)
    expect(said).toContainEqual('cosigned by `two.example` at 2026-01-01T00:01:40.000Z')
    expect(said).toContainEqual('2 heads written to the ledger while it ran')
    expect(said).toContainEqual(expect.stringMatching(/^was there at 20.* says `CN=Test time signer`/))
  })

  it('replay the masked input, the tunnel and the files', async () => {
    const frames = async (session: string, channel: number): Promise<unknown[]> => {
      const dir = join(revised, 'export', recordingOf(session))
      const key = await unwrapSessionKey(dir, [readFileSync(join(revised, 'escrow.txt'), 'utf8').trim()])
      const read = await Array.fromAsync(readFrames(dir, key, channel))
      return read.map((frame) => {
        if (frame.kind === 'data') return `${frame.direction} ${frame.bytes.toString('latin1')}`
        if (frame.kind === 'masked') return `masked ${frame.count}`
        return frame.kind === 'event' ? frame.event : frame.kind
      })
    }
    expect(await frames(sessionA, 0)).toContain('masked 13')
    expect(await frames(sessionA, 1)).toEqual(['open', 'in HELF\u0000\u00ff', 'out ACKF\u0080', 'close'])
    expect(await frames(sessionB, 0)).toEqual([
      'open',
      'in PK\u0003\u0004 a program',
      'in  in two pieces',
      { file: 'whole', sha256: expect.stringMatching(/^[0-9a-f]{64}$/), size: 28 },
      'close',
    ])
    expect(await frames(sessionB, 1)).toContainEqual(expect.objectContaining({ file: 'broken-off', size: 9 }))
  })

  it('hold a proof of one entry, by the ledger and both witnesses', () => {
    const entry = readFileSync(join(revised, 'entry.json'))
    const parsed = parseProof(readFileSync(join(revised, 'entry.tlog-proof')))
    if (parsed.kind === 'malformed') throw new Error(parsed.reason)
    const verdict = verifyProof(parsed.value, entry, (bytes) => judgeCheckpoint(bytes, policy))
    expect(verdict).toMatchObject({ kind: 'proven', index: 6 })
    expect(JSON.parse(entry.toString('utf8'))).toMatchObject({ type: 'ledger.key_rotated' })
  })

  // Each derived from the golden files, with where and what the verifier must say of it.
  it.each<[string, Tamper, RegExp]>([
    [
      'a stream truncated in the middle of a frame',
      cut(pty, 7),
      /0000\.stream: byte \d+: ends in the middle of a frame/,
    ],
    ['a stream truncated after a whole frame', reframe(pty, without(-1)), /0000\.stream: expected 9 frames .* got 8/],
    ['frames reordered', reframe(pty, swapped(2, 3)), /0000\.stream: frame 2 at byte \d+: does not authenticate/],
    ['a frame duplicated', reframe(tunnel, doubled(1)), /0001\.stream: frame 2 at byte \d+: does not authenticate/],
    ['a frame left out', reframe(pty, without(4)), /0000\.stream: frame 4 at byte \d+: does not authenticate/],
    [
      'a masked frame made another kind',
      reframe(pty, (frames) => {
        const masked = frames.find((frame) => frame[4] === 9)
        masked?.writeUInt8(7, 4)
        return frames
      }),
      /0000\.stream: frame 4 at byte \d+: does not authenticate/,
    ],
    ['a bit of a recorded file flipped', flip(file), /0000\.stream: frame \d at byte \d+: does not authenticate/],
    [
      'streams exchanged',
      (dir) => {
        const [one, other] = [readFileSync(join(dir, pty)), readFileSync(join(dir, tunnel))]
        both(add(pty, other), add(tunnel, one))(dir)
      },
      /0000\.stream: byte 0: not the header line of this stream/,
    ],
    [
      'a stream of an unknown version',
      reword(pty, 'sallyport-stream/v1', 'sallyport-stream/v2'),
      /0000\.stream: byte 0: not the header line of this stream/,
    ],
    [
      'a recording cut short and sealed anew by the right key',
      both(
        reframe(pty, (frames) => [...frames.slice(0, 3), ...frames.slice(-1)]),
        sealAnew(a, [old]),
      ),
      /0000\.stream: ledger entry \d has /,
    ],
    [
      'a seal signed again by a foreign key',
      signAgain(`${a}/seal`, [foreign]),
      /qrs\/seal: signature by .* which is not a trusted key/,
    ],
    [
      'a seal signed again, by the right key with another reason',
      signAgain(`${b}/seal`, rightKey, (text) => text.replace('reason client', 'reason policy')),
      /recordings\/ses_0{25}b: ledger entry 9 names another seal/,
    ],
    [
      'a seal of an older version',
      signAgain(`${b}/seal`, rightKey, (text) => text.replace('seal/v1', 'seal/v0')),
      /b\/seal: seal: expected `sallyport-seal\/v1`/,
    ],
    [
      'a seal of an unknown version',
      signAgain(`${b}/seal`, rightKey, (text) => text.replace('seal/v1', 'seal/v9')),
      /b\/seal: seal: expected `sallyport-seal\/v1`/,
    ],
    [
      'a seal with its signature twice',
      edit(`${a}/seal`, (whole) => Buffer.concat([whole, Buffer.from(`${whole.toString().split('\n\n')[1] ?? ''}`)])),
      /qrs\/seal: .*twice/,
    ],
    [
      'a manifest of an unknown version',
      reword(`${a}/manifest.json`, 'recording/v1', 'recording/v2'),
      /manifest\.json: manifest: format: expected `sallyport-recording\/v1`/,
    ],
    [
      'the key file of another recording',
      edit(`${a}/key.age`, () => readFileSync(join(revised, 'export', b, 'key.age'))),
      /key\.age: is not the one the manifest names/,
    ],
    [
      'the session key of another recording',
      edit(`keys/${sessionA}`, () => readFileSync(join(revised, 'export', 'keys', sessionB))),
      /qrs: session key does not belong to it/,
    ],

    [
      'an entry changed',
      edit(bundle(16), (whole) => Buffer.from(whole.toString('latin1').replace('0.2.0', '0.2.1'), 'latin1')),
      /ledger: root made of the entries/,
    ],
    ['an entry changed with the tiles', retile(reworded(0, '0.2.0', '0.2.1')), /ledger: root made of the entries/],
    ['entries reordered with the tiles', retile(swapped(2, 3)), /ledger: root made of the entries/],
    ['an entry duplicated with the tiles', retile(doubled(2)), /ledger\/tile\/entries\/000\.p\/16: is missing/],
    ['the last entry truncated with the tiles', retile(without(-1)), /ledger\/tile\/entries\/000\.p\/16: is missing/],
    ['entries torn', cut(bundle(16), 5), /entries\/000\.p\/16: entry 15: ends after the bundle/],
    ['a bit of a tile flipped', flip('ledger/tile/0/000.p/16'), /tile\/0\/000\.p\/16: is not what the entries give/],
    [
      'the ledger made anew by a foreign key',
      relog([foreign], reworded(0, '0.2.0', '0.2.1')),
      /ledger\/checkpoint: no signature by a trusted key/,
    ],
    [
      'the ledger made anew by the retired key',
      relog([old], reworded(0, '0.2.0', '0.2.1')),
      /ledger\/checkpoint: signed by .* which was retired when the ledger held 11 entries, and this is of 16/,
    ],
    [
      'the ledger made anew by the retired key beside the right one',
      relog([fresh, old], (entries) => entries),
      /ledger\/checkpoint: signed by .* which was retired/,
    ],
    [
      'the ledger made anew by the right key without the witnesses',
      relog(rightKey, (entries) => entries),
      /ledger\/checkpoint: trust policy: cosigned by 0/,
    ],
    [
      'the entry of a seal left out by the right key',
      relog(rightKey, without(9)),
      /ses_0{25}b: no ledger entry names its seal/,
    ],
    [
      'the entry of a seal reordered behind the retirement of its key',
      relog(rightKey, swapped(4, 12)),
      /qrs\/seal: signed by .* retired .* entry 12 names it/,
    ],
    [
      'the entry of a head reworded by the right key',
      relog(rightKey, reworded(2, '"frames":5', '"frames":4')),
      /0000\.stream: ledger entry 2 has another head after 4 frames/,
    ],
    [
      'an entry that is not canonical',
      relog(rightKey, reworded(0, '{"at"', '{ "at"')),
      /ledger entry 0: not canonical JSON/,
    ],
    ['an entry of an unknown version', relog(rightKey, reworded(0, '"v":1', '"v":2')), /ledger entry 0: v: expected 1/],
    [
      'a deletion by one person',
      relog(rightKey, reworded(13, 'per_two', 'per_one')),
      /0c: ledger entry 13: one person deleted it alone/,
    ],
    ['a deletion doubled', relog(rightKey, doubled(13)), /0c: ledger entry 14 names another seal/],

    [
      'a cosignature missing',
      edit('ledger/checkpoint', (whole) => Buffer.from(whole.toString('utf8').replace(/\u2014 one\.example .*\n/, ''))),
      /ledger\/checkpoint: trust policy: cosigned by 1/,
    ],
    [
      'a cosignature twice in place of two',
      edit('ledger/checkpoint', (whole) =>
        Buffer.from(
          whole
            .toString('utf8')
            .replace(/(\u2014 two\.example .*\n)/, '$1$1')
            .replace(/\u2014 one\.example .*\n/, ''),
        ),
      ),
      /ledger\/checkpoint: trust policy: cosigned by 1/,
    ],
    [
      'a bit of a cosignature flipped',
      edit('ledger/checkpoint', (whole) =>
        Buffer.from(
          whole
            .toString('utf8')
            .replace(/(two\.example .{99})(.)/, (_, before, one) => `${before}${one === 'A' ? 'B' : 'A'}`),
        ),
      ),
      /ledger\/checkpoint: trust policy: cosigned by 1/,
    ],
    [
      'the checkpoint without its last line',
      edit('ledger/checkpoint', (whole) => whole.subarray(0, -1)),
      /ledger\/checkpoint: signed note: expected an empty line before the signatures/,
    ],

    ['a timestamp truncated', cut('ledger/timestamps/15.one.tsr', 20), /15\.one\.tsr: not a timestamp/],
    ['a bit of a timestamp flipped', flip('ledger/timestamps/15.one.tsr', -30), /15\.one\.tsr: signature/],
    [
      'a timestamp under the name of another size',
      both(
        add('ledger/timestamps/14.one.tsr', readFileSync(join(revised, 'export/ledger/timestamps/15.one.tsr'))),
        add('ledger/timestamps/14.checkpoint', readFileSync(join(revised, 'export/ledger/timestamps/15.checkpoint'))),
      ),
      /14\.checkpoint: size: expected 14 as in its name, got 15/,
    ],
    [
      'a timestamp without its checkpoint',
      remove('ledger/timestamps/15.checkpoint'),
      /15\.one\.tsr: the checkpoint it attests/,
    ],
    [
      'the attested checkpoint signed again',
      signAgain('ledger/timestamps/15.checkpoint', [foreign]),
      /15\.one\.tsr: message imprint: is of other bytes/,
    ],

    [
      'an export of an older version',
      reword('export.json', 'sallyport-export/v1', 'sallyport-export/v0'),
      /export\.json: format: expected `sallyport-export\/v1`/,
    ],
    [
      'an export of an unknown version',
      reword('export.json', 'sallyport-export/v1', 'sallyport-export/v3'),
      /export\.json: format: expected `sallyport-export\/v1`/,
    ],
    [
      'an export that says it holds single entries',
      reword('export.json', 'sallyport-export/v1', 'sallyport-export/v2'),
      /export\.json: expected the keys/,
    ],
    [
      'an export that leaves a recording out',
      both(
        ...['0000.stream', '0001.stream', 'key.age', 'manifest.json', 'seal'].map((name) => remove(`${b}/${name}`)),
        remove(`keys/${sessionB}`),
      ),
      /ses_0{25}b: is missing: export\.json names it/,
    ],
    [
      'a cast reworded',
      reword(`casts/${sessionA}.0000.cast`, 'coil 1: on', 'coil 1: of'),
      /casts\/.*: is not what the recording gives/,
    ],
    [
      'a disclosure of another value',
      reword('disclosures.json', 'faulty', 'sound!'),
      /disclosures\.json: .* salt and value do not give it/,
    ],
    ['a file nobody accounts for', add('notes.txt', 'hello'), /notes\.txt: has no place in an export/],
    ['a file of a later version of the ledger', add('ledger/index', 'x'), /ledger\/index: has no place in an export/],
  ])('are found tampered with at the place: %s', async (_, tamper, place) => {
    const faults = faultsOf(await verified(revised, tampered(revised, tamper)))
    expect(faults.join('\n')).toMatch(place)
  })

  it.each<[string, Tamper]>([
    ['by a foreign key', (dir) => resign(dir, foreign)],
    ['by the retired key', (dir) => resign(dir, old)],
    ['of an older version', signAgain('MANIFEST', rightKey, (text) => text.replace('manifest/v1', 'manifest/v0'))],
    ['of an unknown version', signAgain('MANIFEST', rightKey, (text) => text.replace('manifest/v1', 'manifest/v2'))],
    ['with a line twice', signAgain('MANIFEST', rightKey, (text) => text.replace(/(.*disclosures\.json\n)/, '$1$1'))],
    [
      'with lines reordered',
      signAgain('MANIFEST', rightKey, (text) => text.replace(/(.*disclosures\.json\n)(.*export\.json\n)/, '$2$1')),
    ],
    ['with its last file left out', signAgain('MANIFEST', rightKey, (text) => text.replace(/.*\n$/, ''))],
    ['truncated', cut('MANIFEST', 9)],
    ['with one bit flipped', flip('MANIFEST')],
  ])('do not verify with a MANIFEST %s', async (_, tamper) => {
    const dir = join(makeFolder(), 'export')
    cpSync(join(revised, 'export'), dir, { recursive: true })
    tamper(dir)
    expect(faultsOf(await verified(revised, dir)).join('\n')).toMatch(/^MANIFEST: /m)
  })

  it('do not verify with the trust file of before the change of keys, and of no version that is not known', async () => {
    const before = readTrust(JSON.parse(trustText(origin, [old.vkey])))
    const faults = faultsOf(await verifyExport(join(revised, 'export'), before)).join('\n')
    expect(faults).toMatch(/^MANIFEST: /m)
    expect(faults).toMatch(/^ledger\/checkpoint: /m)
    const text = readFileSync(join(revised, 'trust.json'), 'utf8')
    for (const version of ['v0', 'v3', 'v22'])
      expect(parseTrust(JSON.parse(text.replace('trust/v2', `trust/${version}`)))).toMatchObject({ kind: 'malformed' })
    expect(parseTrust(JSON.parse(text.replace('trust/v2', 'trust/v1')))).toMatchObject({ kind: 'malformed' })
  })

  it.each<[string, (text: string) => string]>([
    ['of another entry', (text) => text.replace('index 6', 'index 7')],
    ['of an unknown version', (text) => text.replace('tlog-proof@v1', 'tlog-proof@v2')],
    ['with hashes reordered', (text) => text.replace(/(index 6\n)(.*\n)(.*\n)/, '$1$3$2')],
    ['with a hash duplicated', (text) => text.replace(/(index 6\n)(.*\n)/, '$1$2$2')],
    ['with a hash left out', (text) => text.replace(/(index 6\n)(.*\n)/, '$1')],
    ['without a witness', (text) => text.replace(/\u2014 two\.example .*\n/, '')],
    ['truncated', (text) => text.slice(0, -100)],
  ])('prove nothing by a proof %s', (_, change) => {
    const text = readFileSync(join(revised, 'entry.tlog-proof'), 'utf8')
    const changed = change(text)
    expect(changed).not.toBe(text)
    const parsed = parseProof(Buffer.from(changed))
    const entry = readFileSync(join(revised, 'entry.json'))
    const judge = (bytes: Uint8Array) => judgeCheckpoint(bytes, policy)
    const verdict = parsed.kind === 'malformed' ? parsed : verifyProof(parsed.value, entry, judge)
    expect(verdict.kind).not.toBe('proven')
  })

  describeWith(['age', 'openssl'], 'and other people\u2019s tools', () => {
    it('give the session keys that the export has, and the same verdict on the timestamp', () => {
      for (const golden of [revised, loss])
        for (const session of readdirSync(join(golden, 'export', 'keys'))) {
          const wrapped = join(golden, 'export', recordingOf(session), 'key.age')
          const opened = execFileSync(partPath('age'), ['-d', '-i', join(golden, 'escrow.txt'), wrapped])
          expect(opened.equals(readFileSync(join(golden, 'export', 'keys', session)))).toBe(true)
        }
      const stamps = join(revised, 'export', 'ledger', 'timestamps')
      const made = Date.parse('2026-11-21T23:59:59Z')
      const verifies = (note: string): boolean =>
        opensslVerifies(join(stamps, '15.one.tsr'), note, join(revised, 'tsa-ca.pem'), made)
      expect(verifies(join(stamps, '15.checkpoint'))).toBe(true)
      expect(verifies(join(stamps, '15.one.tsr'))).toBe(false)
    })
  })
})
