// The ledger of an export, verified by Go's own packages: a second way that shares no line with ours, on exports that hold and
// on exports that do not. test/interop/ledger.go is what an auditor runs.

import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { entryBytes, publishLedger, verifyExport } from '../../recorder/index.ts'
import { parseBundle, tilePath } from '../../recorder/tiles.ts'
import { leafHash } from '../../recorder/merkle.ts'
import { describeWith } from '../support/describe-with.ts'
import { partPath } from '../support/parts.ts'
import { filesIn, resign } from './resign.ts'
import { ledgerOf } from './memory-ledger.ts'
import { checkpointOf, makeExport, signer, signerOf, trust } from './sample.ts'

describeWith(['go', 'go-sumdb'], 'the verifier made of Go\u2019s packages', () => {
  let folder: string
  let intact: string
  let program: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-go-'))
    program = join(folder, 'ledger')
    const source = join(import.meta.dirname, '..', 'interop', 'ledger.go')
    const env = {
      PATH: process.env['PATH'] ?? '',
      GO111MODULE: 'off',
      GOPATH: '/usr/share/gocode',
      GOCACHE: join(folder, 'cache'),
    }
    execFileSync(partPath('go'), ['build', '-o', program, source], { env, cwd: folder })
    intact = (await makeExport(folder, { padding: 700 })).dir
  }, 300_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function go(dir: string, vkey = signer.vkey): Promise<{ code: number; stdout: string }> {
    return promisify(execFile)(program, [dir, vkey]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => error,
    )
  }

  /** A copy that was changed and signed anew over its files, so that only what is inside can tell. */
  function changed(change: (dir: string) => void): string {
    const dir = mkdtempSync(join(folder, 'changed-'))
    cpSync(intact, dir, { recursive: true })
    change(dir)
    resign(dir)
    return dir
  }

  const flip = (path: string, at: number) => (dir: string) => {
    const bytes = readFileSync(join(dir, path))
    bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at)
    writeFileSync(join(dir, path), bytes)
  }

  it('agrees that an intact ledger holds', async () => {
    expect(await go(intact)).toMatchObject({ code: 0, stdout: 'VERIFIED: 702 entries\n' })
    expect((await verifyExport(intact, trust)).holds).toBe(true)
  })

  it('agrees of every file of the ledger that it was changed', async () => {
    const paths = filesIn(intact).filter((path) => path.startsWith('ledger/'))
    expect(paths.length).toBeGreaterThan(7)
    for (const path of paths) {
      const dir = changed(flip(path, 40))
      expect((await go(dir)).code, path).toBe(1)
      expect((await verifyExport(dir, trust)).holds, path).toBe(false)
    }
  })

  it('agrees that a tile of the bottom was forged together with its entry', async () => {
    const dir = changed((copy) => {
      const entries = join(copy, 'ledger', tilePath('entries', 1))
      const bundle = readFileSync(entries)
      bundle.writeUInt8((bundle[10] ?? 0) ^ 1, 10)
      writeFileSync(entries, bundle)
      const parsed = parseBundle(bundle, 256)
      const tile = join(copy, 'ledger', tilePath(0, 1))
      const hashes = readFileSync(tile)
      if (parsed.kind === 'ok') leafHash(parsed.value[0] ?? Buffer.alloc(0)).copy(hashes)
      writeFileSync(tile, hashes)
    })
    expect(await go(dir)).toMatchObject({ code: 1, stdout: /the entries make the root/ })
    expect((await verifyExport(dir, trust)).holds).toBe(false)
  })

  it('agrees that a published ledger holds, proves entries by its tiles alone, and sees a change', async () => {
    const entries = Array.from({ length: 600 }, (_, i) =>
      entryBytes({ v: 1, at: i, type: 'gateway.noted', data: { i } }),
    )
    const dir = join(folder, 'published')
    for (const size of [100, 300, 600])
      await publishLedger(dir, checkpointOf(entries.slice(0, size), signer), ledgerOf(entries))
    expect(await go(dir)).toMatchObject({ code: 0, stdout: 'VERIFIED: 600 entries\n' })
    const tile = join(dir, tilePath(0, 1))
    const hashes = readFileSync(tile)
    hashes.writeUInt8((hashes[33] ?? 0) ^ 1, 33)
    writeFileSync(tile, hashes)
    expect(await go(dir)).toMatchObject({ code: 1 })
  })

  it('trusts no other key', async () => {
    expect(await go(intact, signerOf(2).vkey)).toMatchObject({ code: 1 })
  })
})
