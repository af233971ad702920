import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const compiled = new URL('../../../gateway/runtime/compiled.ts', import.meta.url).href
let root: string
let folder: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  folder = join(root, 'cache', 'sallyport')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

interface Told {
  readonly kept: boolean
  readonly environment: Readonly<Record<string, string>>
}

/** What a process of its own is told that asks for `folder`, with what is set around it. */
function ask(env: Readonly<Record<string, string>> = {}, flags: readonly string[] = []): Told {
  const source = `
    import { compiledEnvironment, keepCompiled } from ${JSON.stringify(compiled)}
    const kept = keepCompiled(${JSON.stringify(folder)})
    process.stdout.write(JSON.stringify({ kept, environment: compiledEnvironment() }))`
  const run = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', source], { encoding: 'utf8', env })
  expect(run.stderr).toBe('')
  return JSON.parse(run.stdout) as Told
}

/** Is there compiled code in it? */
function holdsCode(path: string): boolean {
  return existsSync(path) && readdirSync(path, { recursive: true, withFileTypes: true }).some((entry) => entry.isFile())
}

describe('compiled code', () => {
  it('is kept in a folder that is made for this user alone, and told to the processes started from here', () => {
    writeFileSync(join(root, 'module.mjs'), 'export const answer = 42\n')
    const source = `
      import { keepCompiled, saveCompiled } from ${JSON.stringify(compiled)}
      keepCompiled(${JSON.stringify(folder)})
      await import(${JSON.stringify(join(root, 'module.mjs'))})
      saveCompiled()
      process.kill(process.pid, 'SIGKILL')`
    // Killed, as some of them are: what was saved before stays.
    expect(spawnSync(process.execPath, ['--input-type=module', '-e', source], { env: {} }).signal).toBe('SIGKILL')
    expect(holdsCode(folder)).toBe(true)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(ask()).toEqual({ kept: true, environment: { NODE_COMPILE_CACHE: folder } })
  })

  it('is not kept where others may write: they could put in what this user then runs', () => {
    for (const spoil of [
      () => chmodSync(folder, 0o777),
      () => chmodSync(folder, 0o720),
      () => chmodSync(join(root, 'cache'), 0o777),
    ]) {
      mkdirSync(folder, { recursive: true })
      spoil()
      expect(ask()).toEqual({ kept: false, environment: {} })
      expect(readdirSync(folder)).toEqual([])
      rmSync(join(root, 'cache'), { recursive: true })
    }
  })

  it('is not kept through a link, nor where a file is in the way', () => {
    mkdirSync(join(root, 'elsewhere'))
    mkdirSync(join(root, 'cache'))
    symlinkSync(join(root, 'elsewhere'), folder)
    expect(ask()).toEqual({ kept: false, environment: {} })
    rmSync(folder)
    writeFileSync(folder, 'a file')
    expect(ask()).toEqual({ kept: false, environment: {} })
  })

  it('is kept where the person says, or not at all', () => {
    const own = join(root, 'own')
    expect(ask({ NODE_COMPILE_CACHE: own })).toEqual({ kept: true, environment: { NODE_COMPILE_CACHE: own } })
    expect(ask({ NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual({ kept: false, environment: {} })
    expect(holdsCode(folder)).toBe(false)
  })

  it('is nothing to a process that may not write there', () => {
    expect(ask({}, ['--permission', '--allow-fs-read=*'])).toEqual({ kept: false, environment: {} })
    expect(existsSync(folder)).toBe(false)
  })
})
