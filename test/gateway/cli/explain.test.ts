// `explain` on a bundle alone: the answer, its reasons, and what was supposed; times on the plant's clock.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { sallyport, sallyportProcess, scratch } from './run-sallyport.ts'

const explain = (...args: string[]) => sallyport(['explain', ...args])

describe('sallyport explain', () => {
  it('says of the demo what a person may do, under which rules, and what was supposed', async () => {
    const run = await sallyportProcess([
      'explain',
      '--person',
      'vendor',
      '--asset',
      'ews-1',
      '--at',
      '2026-03-02T10:00',
    ])
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' })
    const [head, answer, ...rest] = run.stdout.trimEnd().split('\n')
    expect(head).toBe(
      'Service engineer (Acme Drives), request operate on ews-1 (Engineering workstation, line 1) at 2026-03-02T09:00:00Z (10:00 Europe/Berlin)',
    )
    expect(answer).toBe('Permitted.')
    expect(rest.at(-1)).toMatch(/^Supposed: .*logged in with password and one-time code[.;]/)
    expect(run.stdout).toContain('(rule supplier-may-request')
  })

  it('says how files would cross, and refuses those that never could', async () => {
    const files = ['--person', 'vendor', '--asset', 'ews-1', '--transfer', 'in']
    const may = await explain(...files, '--path', '/home/service/drives/**')
    expect(may.status).toBe(0)
    expect(may.stdout).toContain(
      'What is brought to /home/service/drives/** crosses on a good verdict, when a person lets it go or the request declares its digest (drive-parameters).',
    )
    const never = await explain(...files, '--path', '/etc/passwd')
    expect(never.status).toBe(1)
    expect(never.stdout).toContain('(rule files-not-allowed')
    expect((await explain('--person', 'vendor', '--asset', 'ews-1', '--path', '/x')).status).toBe(2)
  })

  it('says of a denial what would have to change, and exits 1', async () => {
    const { status, stdout } = await explain('--person', 'vendor', '--asset', 'cam-9')
    expect(status).toBe(1)
    expect(stdout).toContain('\nDenied.\n')
    expect(stdout).toContain('(rule scope-undetermined')
  })

  it('says which instant it took where the plant\u2019s clock leaves a time out, or shows it twice', async () => {
    const at = async (time: string) =>
      (await explain('--person', 'vendor', '--asset', 'ews-1', '--at', time)).stdout.trimEnd().split('\n').at(-1)
    expect(await at('2026-03-29T02:30')).toContain('03:30, because the clock in Europe/Berlin leaves out 02:30')
    expect(await at('2026-10-25T02:30')).toContain('the first 02:30 of that day')
    expect(await at('2026-10-25T03:30')).not.toContain('clock')
  })

  it('names who is on duty where their yes is needed', async () => {
    const emergency = ['--person', 'engineer', '--asset', 'ews-2', '--tier', 'emergency']
    const { stdout } = await explain(...emergency, '--at', '2026-11-22T03:00')
    expect(stdout).toContain('\nOn duty as shift lead then: approver, shift-lead-night.\n')
  })

  it('takes what the request says instead of supposing it', async () => {
    const change = ['--person', 'engineer', '--asset', 'plc-7', '--class', 'engineer', '--tier', 'emergency']
    const supposing = await explain(...change, '--at', '2026-03-02T10:00')
    expect(supposing.stdout).toContain(
      'Supposed: the criteria of tier emergency are affirmed; a ticket that is open; a',
    )
    const said = await explain(...change, '--at', '2026-03-02T10:00', '--no-rollback', '--criteria', 'line-down')
    expect(said.status).toBe(1)
    expect(said.stdout).toContain('(rule tier-criteria')
    expect(said.stdout).toContain('(rule engineering-comes-with-a-way-back')
    expect(said.stdout).not.toMatch(/Supposed: .*(criteria|rollback)/)
  })

  it('takes the state of the ticket', async () => {
    const open = await explain('--person', 'vendor', '--asset', 'ews-1', '--ticket', 'open')
    expect(open.stdout).not.toContain('a ticket that is open')
    const silent = await explain('--person', 'vendor', '--asset', 'ews-1', '--ticket', 'unreachable')
    expect({ status: silent.status, rule: silent.stdout.includes('(rule ticket-unreachable') }).toEqual({
      status: 1,
      rule: true,
    })
    const wrong = await explain('--person', 'vendor', '--asset', 'ews-1', '--ticket', 'green')
    expect(wrong.stderr).toContain('--ticket `green`: expected none, unchecked, open, closed, unknown, unreachable')
  })

  it('takes access that comes round, counted from approval or first use', async () => {
    const about = ['--person', 'vendor', '--asset', 'ews-1', '--at', '2026-03-02T10:00']
    const round = ['--days', 'mon,tue', '--between', '09:00-18:00', '--first-day', '2026-03-02']
    const twoWeeks = await explain(...about, ...round, '--last-day', '2026-03-13')
    expect(twoWeeks.stdout).toContain('recurring-access-is-watched-by-ot-security')
    const halfAYear = await explain(...about, ...round, '--last-day', '2026-08-31')
    expect(halfAYear.stdout).toContain('(rule recurring-too-long')
    const counted = await explain(...about, '--start', 'approval', '--for', '2h', '--action', 'connect')
    expect(counted).toMatchObject({ status: 0 })
    expect((await explain(...about, '--start', 'first-use', '--for', '2h')).stderr).toContain('give --until')
  })

  it('says which standard changes there are for what is none', async () => {
    const about = ['--person', 'vendor', '--asset', 'hist-1', '--tier', 'standard', '--at', '2026-03-02T10:00']
    const fits = await explain(...about, '--for', '1h', '--no-rollback')
    expect(fits.status).toBe(0)
    expect(fits.stdout).toContain('it is standard change restart-historian-service, with its rollback plan')
    const longer = await explain(...about, '--for', '2h')
    expect(longer.stdout).toContain('(rule not-a-standard-change')
    expect(longer.stdout).toContain(
      'keep to `restart-historian-service` (ssh, at most operate, 60 minutes at a stretch',
    )
  })

  it('gives the same as a document', async () => {
    const { stdout } = await explain('--person', 'vendor', '--asset', 'cam-9', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'sallyport.decision.v1',
      answer: 'deny',
      scope: { kind: 'undetermined' },
      supposed: expect.any(Array),
    })
  })

  it('takes a person as the options say, and one factor', async () => {
    const one = ['--roles', 'vendor', '--supplier', 'acme-drives', '--plant', 'north', '--asset', 'ews-1']
    expect((await explain(...one)).status).toBe(0)
    const { status, stdout } = await explain(...one, '--action', 'connect', '--mfa', 'none')
    expect(status).toBe(1)
    expect(stdout).toContain('(rule mfa-missing')
    expect((await explain(...one, '--action', 'connect')).stdout).toContain('an open grant for 60 minutes from then')
  })

  it('reads people from a file, and says what is wrong with one', async () => {
    const file = join(scratch(), 'people.yaml')
    writeFileSync(
      file,
      'people:\n  - { login: lead, roles: [approver], plants: [north] }\n  - { login: fitter, roles: [vendor], supplier: acme-drives, plants: [north] }\n',
    )
    const who = ['--people', file, '--asset', 'ews-1', '--action', 'approve', '--person', 'lead']
    expect((await explain(...who, '--requester', 'fitter')).stdout).toContain('\nPermitted.\n')
    expect((await explain(...who, '--requester', 'lead')).stdout).toContain('(rule own-request')
    expect(await explain(...who)).toMatchObject({ status: 2, stdout: '' })

    writeFileSync(file, 'people:\n  - { login: lead, roles: [boss], plants: [north] }\n')
    const { status, stderr } = await explain(...who, '--requester', 'lead')
    expect({ status }).toEqual({ status: 1 })
    expect(stderr).toContain('/people/0/roles/0')
  })

  it.each([
    [['--asset', 'ews-1'], 2, 'give --person'],
    [['--asset', 'ews-1', '--person', 'nobody-here'], 2, 'expected one of vendor'],
    [['--asset', 'no-such-asset', '--person', 'vendor'], 1, 'declares none of that name'],
    [['--asset', 'ews-1', '--person', 'vendor', '--action', 'steal'], 2, 'expected request, approve, connect'],
    [['--asset', 'ews-1', '--person', 'vendor', '--at', '2026-02-30T10:00'], 2, 'expected a day and time there are'],
    [['--asset', 'ews-1', '--person', 'vendor', '--at', 'noon'], 2, 'expected `now`'],
  ])('%j: exit %i, %s', async (args, code, text) => {
    const { status, stderr } = await explain(...args)
    expect({ status }).toEqual({ status: code })
    expect(stderr).toContain(text)
  })
})
