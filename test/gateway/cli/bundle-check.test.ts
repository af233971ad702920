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
    expect(stdout).toMatch(/^assets +\d+ in scope, 12 out, 1 undetermined \(denied\)$/m)
    expect(stdout).toContain('not covered:\n- Plant South: ')
  })

  it('gives the same as one JSON document', async () => {
    const { status, stdout, stderr } = await sallyport(['bundle', 'check', demo, '--json'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      scopeVersion: '2026-1',
      plants: 2,
      assets: { out: 12, undetermined: 1 },
    })
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

  it('names a file that is no text once, and not as missing besides', async () => {
    const folder = bundleWith('suppliers.yaml', (text) => `${text}#`)
    writeFileSync(join(folder, 'suppliers.yaml'), new Uint8Array([0xff, 0xfe]))
    const { stderr } = await sallyport(['bundle', 'check', folder])
    expect(stderr).toContain('not valid, 1 problem: ')
    expect(stderr).toContain('\n  suppliers.yaml: expected UTF-8 text\n')
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

  it('says what is valid and needs a look: warnings, and phases behind their plan', async () => {
    const folder = bundleWith('scope.yaml', (text) =>
      text
        .replace(/opened: \{ on: [0-9-]+, by: Production lead \}/, '')
        .replace('plannedFor: 2025-03-17', 'plannedFor: 2025-03-18'),
    )
    const { status, stdout } = await sallyport(['bundle', 'check', folder])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^warnings: \d+\n- [a-z]+\.yaml:\d+: /m)
    expect(stdout).toContain('- phase 3 was planned for 2025-03-18 and is not open\n')
    const json = JSON.parse((await sallyport(['bundle', 'check', folder, '--json'])).stdout) as { warnings: unknown[] }
    expect(json).toMatchObject({ overduePhases: [{ phase: 3 }] })
    expect(json.warnings.length).toBeGreaterThan(0)
  })

  it('says so when there is no bundle', async () => {
    const folder = scratch()
    rmSync(folder, { recursive: true })
    const { status, stderr } = await sallyport(['bundle', 'check', folder])
    expect(status).toBe(1)
    expect(stderr).toContain('no such folder')
    expect(stderr).toContain('give the folder of a bundle')
  })
})

describe('sallyport bundle diff', () => {
  it('says in words what one folder changes of another, what takes access away first', async () => {
    const folder = bundleWith('suppliers.yaml', (text) =>
      text.replace('until: 2035-12-31', 'until: 2030-12-31').replace('labels: [drives]', 'labels: [drives, robots]'),
    )
    const { status, stdout, stderr } = await sallyport(['bundle', 'diff', demo, folder])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(
      /^from [0-9a-f]{12} \(scope 2026-1\) to [0-9a-f]{12} \(scope 2026-1\)\nmay give or take access:\n- supplier /,
    )
    const same = await sallyport(['bundle', 'diff', demo, demo])
    expect(same.stdout).toMatch(/\nno difference\n$/)
  })

  it('refuses a folder that is not valid as `check` does, and leaves text that acts on a terminal out', async () => {
    const broken = bundleWith('zones.yaml', (text) => text.replace(/level: \d/, 'level: 9'))
    const { status, stderr } = await sallyport(['bundle', 'diff', demo, broken])
    expect(status).toBe(1)
    expect(stderr).toMatch(/^sallyport: bundle `.*`: not valid, /)
  })
})

describe('sallyport scope report', () => {
  it('lists each asset with the rule that puts it in or out, the gates, and what is shared', async () => {
    const { status, stdout } = await sallyport(['scope', 'report', '--bundle', demo])
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /^ews-1 +north +north-operations +engineering-workstation +in +north-operations +open +drives, line-1$/m,
    )
    expect(stdout).toMatch(/^cam-9 +.* undetermined +- /m)
    expect(stdout).toMatch(/^south-ews-1 .* out +south-entirely/m)
    expect(stdout).toContain('not covered:\n- Plant South: ')
    expect(stdout).toContain('- 1 open: opened on ')
    const json = JSON.parse((await sallyport(['scope', 'report', '--bundle', demo, '--json'])).stdout) as {
      items: unknown[]
      phases: unknown[]
    }
    expect(json).toMatchObject({ version: '2026-1', counts: { undetermined: 1 } })
    expect(json.phases[0]).toMatchObject({ phase: 1, state: 'open' })
    expect(json.items.length).toBeGreaterThan(20)
  })
})
