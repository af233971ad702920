import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
const reporter = new URL('closing-line.ts', import.meta.url).href
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    `import { ClosingLine } from ${JSON.stringify(reporter)}
     export default { test: { globals: true, reporters: ['default', new ClosingLine()] } }`,
  )
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs vitest over one test file and returns what it ends with. */
function lastLines(testFile: string, count: number): string[] {
  writeFileSync(join(folder, 'a.test.js'), testFile)
  const run = spawnSync(process.execPath, [vitest, 'run', '--root', folder], { encoding: 'utf8' })
  return run.stdout.trimEnd().split('\n').slice(-count)
}

describe('the closing line', () => {
  it('counts what passed and what failed, alone on the last line', () => {
    const file = `it('a', () => {}); it('b', () => {}); it('c', () => { throw new Error('no') })`
    expect(lastLines(file, 1)).toEqual(['2 passed, 1 failed'])
  })

  it('names what was skipped on a line before', () => {
    expect(lastLines(`it('a', () => {}); it.skip('b', () => {})`, 2)).toEqual(['1 skipped', '1 passed, 0 failed'])
  })

  it('names what passed only when it was tried again', () => {
    const file = `let tries = 0
      describe('of chance', { retry: 1 }, () => { it('a', () => { if (tries++ === 0) throw new Error('no') }) })`
    expect(lastLines(file, 2)).toEqual([
      'passed only at the second try, to be mended: a.test.js > of chance > a',
      '1 passed, 0 failed',
    ])
  })

  it('counts as failed what fails again', () => {
    const file = `it('a', { retry: 1 }, () => { throw new Error('no') })`
    expect(lastLines(file, 1)).toEqual(['0 passed, 1 failed'])
  })

  it('counts a file that cannot be loaded as a failure', () => {
    expect(lastLines(`throw new Error('no')`, 1)).toEqual(['0 passed, 1 failed'])
  })

  it('counts an error outside every test as a failure', () => {
    const file = `it('a', () => { setTimeout(() => { throw new Error('late') }) }); it('b', () => new Promise((r) => setTimeout(r, 20)))`
    expect(lastLines(file, 1)).toEqual(['2 passed, 1 failed'])
  })
})
