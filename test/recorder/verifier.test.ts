// The verifier as one file: built as it is handed out, run by itself in an empty folder, and held against the recorder's own
// functions on exports that hold and exports that do not.

import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build } from 'vite'

import { trustText, verifyExport } from '../../recorder/index.ts'
import { filesIn } from './resign.ts'
import { makeExport, origin, signer, trust } from './sample.ts'

let folder: string
let intact: string
let trustFile: string
const verifier = (): string => join(folder, 'verifier', 'sallyport-verify.mjs')

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-verifier-'))
  const root = join(import.meta.dirname, '..', '..', 'recorder')
  await build({
    root,
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'silent',
    build: { outDir: join(folder, 'verifier'), emptyOutDir: true },
  })
  intact = (await makeExport(folder, { padding: 300 })).dir
  trustFile = join(folder, 'trust.json')
  writeFileSync(trustFile, trustText(origin, [signer.vkey]))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function run(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const started = promisify(execFile)(process.execPath, [verifier(), ...args], { cwd: folder, env: {} })
  return started.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
}

describe('the verifier as one file', () => {
  it('stands on Node.js alone, and can be read', () => {
    expect(readdirSync(join(folder, 'verifier'))).toEqual(['sallyport-verify.mjs'])
    const text = readFileSync(verifier(), 'utf8')
    const imports = [...text.matchAll(/^import .* from "([^"]+)"/gm)].map(([, from]) => from ?? '')
    expect(imports.filter((from) => !from.startsWith('node:'))).toEqual([])
    expect(text).not.toMatch(/\brequire\(|\beval\(|new Function/)
    expect(text).toContain('Reads canonical JSON: anything that would be encoded otherwise')
  })

  it('says of an intact export what the recorder says', async () => {
    const { code, stdout } = await run(intact, '--trust', trustFile, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(await verifyExport(intact, trust))))
    expect((await run(intact, '--trust', trustFile)).stdout).toMatch(/VERIFIED: everything holds\n$/)
  })

  it('finds a changed byte in any kind of file, as the recorder does', async () => {
    const kinds = new Map(filesIn(intact).map((path) => [path.replace(/[0-9]+|ses_[^/.]+/g, '#'), path]))
    expect(kinds.size).toBeGreaterThan(8)
    for (const path of kinds.values()) {
      const damaged = join(folder, 'damaged')
      cpSync(intact, damaged, { recursive: true })
      const bytes = readFileSync(join(damaged, path))
      const at = Math.floor(bytes.length / 2)
      bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at)
      writeFileSync(join(damaged, path), bytes)
      const { code, stdout } = await run(damaged, '--trust', trustFile, '--json')
      expect(code, path).toBe(1)
      expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(await verifyExport(damaged, trust))))
      rmSync(damaged, { recursive: true })
    }
  })

  it('says in one clause what is wrong with a command line or a file', async () => {
    expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining('expected one path') })
    expect(await run(intact)).toMatchObject({ code: 2, stderr: 'sallyport-verify: say whom you trust: --trust FILE\n' })
    expect(await run(intact, '--trust', verifier())).toMatchObject({ code: 1, stderr: /expected JSON/ })
    expect(await run(intact, '--trust', '/nowhere')).toMatchObject({ code: 1, stderr: /ENOENT/ })
    expect(await run(join(folder, 'nothing'), '--trust', trustFile)).toMatchObject({ code: 1, stdout: /NOT VERIFIED/ })
  })
})
