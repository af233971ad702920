import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { sallyport, sallyportProcess, scratch } from './run-sallyport.ts'

const demo = join(import.meta.dirname, '../../../gateway/demo/bundle')

/** A copy of the demo bundle with one file changed. */
function bundleWith(file: string, change: (text: string) => string): string {
  const folder = join(scratch(), 'bundle')
  cpSync(demo, folder, { recursive: true })
  const path = join(folder, file)
  const before = readFileSync(path, 'utf8')
  expect(change(before)).not.toBe(before)
  writeFileSync(path, change(before))
  return folder
}

describe('sallyport bundle check', () => {
  it('sums up a valid bundle, and says what it does not cover', async () => {
    const { status, stdout, stderr } = await sallyportProcess(['bundle', 'check', demo])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^valid: .*\ndigest +[0-9a-f]{64}\nscope +version 2026-1: /)
    expect(stdout).toMatch(/^assets +\d+ in scope, 1 out, 1 undetermined \(denied\)$/m)
    expect(stdout).toContain('not covered:\n- Plant South: ')
  })

  it('gives the same as one JSON document', async () => {
    const { status, stdout, stderr } = await sallyport(['bundle', 'check', demo, '--json'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ scopeVersion: '2026-1', plants: 2, assets: { out: 1, undetermined: 1 } })
  })

  it('names every problem with file, line and reason, and exits 1', async () => {
    const folder = bundleWith('zones.yaml', (text) =>
      text.replace(/level: \d/, 'level: 9').replace(/reviewBy: .*/, 'reviewBy: soon'),
    )
    const { status, stdout, stderr } = await sallyport(['bundle', 'check', folder])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    const [head, ...problems] = stderr.trimEnd().split('\n')
    expect(head).toBe(
      `sallyport: bundle \`${folder}\`: not valid, ${problems.length} problems: mend what is named and check again`,
    )
    expect(problems.length).toBeGreaterThan(1)
    for (const problem of problems) expect(problem).toMatch(/^ {2}zones\.yaml:\d+: /)
  })

  it('gives the problems as JSON', async () => {
    const folder = bundleWith('assets.yaml', (text) => text.replace(/zone: .*/, 'zone: nowhere'))
    const { status, stdout } = await sallyport(['bundle', 'check', folder, '--json'])
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      problem: {
        code: 'bundle-invalid',
        problems: [{ file: 'assets.yaml', line: expect.any(Number), reason: expect.stringContaining('nowhere') }],
      },
    })
  })

  it('says so when there is no bundle', async () => {
    const folder = scratch()
    rmSync(folder, { recursive: true })
    const { status, stderr } = await sallyport(['bundle', 'check', folder])
    expect(status).toBe(1)
    expect(stderr).toContain('ENOENT')
    expect(stderr).toContain('give the folder of a bundle')
  })
})
