// Files that were written once and are never made again: each version of the format stays readable and verifiable, and
// the tampered variants of them stay detected.

import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { parseTrust, readFrames, type Trust, unwrapSessionKey, verifyExport } from '../../recorder/index.ts'
import { describeWith } from '../support/describe-with.ts'
import { partPath } from '../support/parts.ts'
import { filesIn } from './resign.ts'
import { makeFolder, sessionA, sessionB } from './sample.ts'

const versions = fileURLToPath(new URL('../vectors/recorder', import.meta.url))

function trustOf(golden: string): Trust {
  const parsed = parseTrust(JSON.parse(readFileSync(join(golden, 'trust.json'), 'utf8')))
  if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('; '))
  return parsed.trust
}

describe.each(['v1'])('the golden files of version %s', (version) => {
  const golden = join(versions, version)
  const dir = join(golden, 'export')

  it('verify, the interrupted recording as such', async () => {
    const report = await verifyExport(dir, trustOf(golden))
    expect(report.findings.filter(({ holds }) => !holds)).toEqual([])
    expect(report).toMatchObject({
      holds: true,
      ledger: { size: 5 },
      recordings: [
        { session: sessionB, status: 'interrupted', reason: 'interrupted', channels: 2, frames: 15, decrypted: true },
        { session: sessionA, status: 'complete', reason: 'client', channels: 2, frames: 15, decrypted: true },
      ],
    })
    expect(report.findings).toContainEqual({
      where: `recordings/${sessionB}/seal`,
      holds: true,
      what: 'interrupted: what stands is a prefix, reason `interrupted`, 4 torn bytes of stream 0001 were removed',
    })
  })

  it('replay what was recorded', async () => {
    const recording = join(dir, 'recordings', sessionA)
    const key = await unwrapSessionKey(recording, [readFileSync(join(golden, 'escrow.txt'), 'utf8').trim()])
    const frames = await Array.fromAsync(readFrames(recording, key, 0))
    expect(
      frames.map((frame) => (frame.kind === 'data' ? `${frame.direction} ${frame.bytes.toString()}` : frame.kind)),
    ).toEqual([
      'open',
      'out ews-1$ ',
      'in whoami\r',
      'out whoami\r\nservice-Gr\u00fc\u00dfe\r\n',
      'resize',
      'notice',
      'signal',
      'event',
      'exit',
      'close',
    ])
  })

  it('do not verify after one byte of any file was changed', async () => {
    const copy = join(makeFolder(), 'export')
    cpSync(dir, copy, { recursive: true })
    const trust = trustOf(golden)
    for (const path of filesIn(copy)) {
      const whole = readFileSync(join(copy, path))
      const changed = Buffer.from(whole)
      const at = Math.floor(whole.length / 2)
      changed[at] = (changed[at] ?? 0) ^ 0x20
      writeFileSync(join(copy, path), changed)
      expect((await verifyExport(copy, trust)).holds, path).toBe(false)
      rmSync(join(copy, path))
      expect((await verifyExport(copy, trust)).holds, `${path} gone`).toBe(false)
      writeFileSync(join(copy, path), whole)
    }
    expect((await verifyExport(copy, trust)).holds).toBe(true)
  })

  describeWith('age', 'and the age tool', () => {
    it('give the session keys that the export has', () => {
      for (const session of [sessionA, sessionB]) {
        const wrapped = join(dir, 'recordings', session, 'key.age')
        const opened = execFileSync(partPath('age'), ['-d', '-i', join(golden, 'escrow.txt'), wrapped])
        expect(opened.equals(readFileSync(join(dir, 'keys', session)))).toBe(true)
      }
    })
  })
})
