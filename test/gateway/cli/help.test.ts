// Every command explains itself, and a wrong command line says so with exit code 2 before anything is tried.

import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { sallyport, sallyportProcess, scratch } from './run-sallyport.ts'

const commands = [
  'run',
  'demo',
  'doctor',
  'config check',
  'config reference',
  'user add',
  'user list',
  'user disable',
  'user key',
  'user email',
  'notify test',
  'outbox list',
  'outbox retry',
  'credential set',
  'login',
  'logout',
  'status',
  'assets',
  'assets confirm',
  'request',
  'requests',
  'approve',
  'deny',
  'withdraw',
  'grants',
  'revoke',
  'suspend',
  'lift',
  'suspensions',
  'delegate to',
  'delegate list',
  'delegate end',
  'presence enrol',
  'presence assert',
  'presence list',
  'presence end',
  'attest person',
  'attest list',
  'attest withdraw',
  'review list',
  'review close',
  'campaign start',
  'campaign list',
  'campaign show',
  'campaign decide',
  'campaign close',
  'exceptions',
  'suppliers',
  'extend',
  'sessions',
  'kill',
  'recordings',
  'file list',
  'file show',
  'file release',
  'file refuse',
  'viewing list',
  'viewing ask',
  'viewing confirm',
  'viewing refuse',
  'replay',
  'evidence',
  'export',
  'verify',
  'bundle check',
  'bundle diff',
  'bundle dry-run',
  'bundle propose',
  'bundle proposals',
  'bundle show',
  'bundle fetch',
  'bundle activate',
  'bundle rebase',
  'bundle reject',
  'bundle withdraw',
  'bundle rollback',
  'bundle safety-review',
  'bundle dossier',
  'bundle history',
  'bundle watched',
  'risks',
  'explain',
  'scope report',
  'scope fit',
  'scope review',
  'register controls',
  'register coverage',
  'register applicability',
  'scope-change list',
  'scope-change accept',
  'scope-change reject',
]

describe('sallyport --help', () => {
  it('lists every command', async () => {
    const { status, stdout, stderr } = await sallyportProcess(['--help'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command.split(' ')[0]}\\b`, 'm'))
  })

  it.each(commands)('explains %s with examples, exit codes and --json', async (command) => {
    const { status, stdout, stderr } = await sallyport([...command.split(' '), '--help'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^Usage: sallyport ${command}`))
    expect(stdout).toContain(`\nExamples:\n  $ sallyport ${command}`)
    expect(stdout).toContain('\nExit codes:\n  0  ')
    expect(stdout).toContain('--json')
  })

  it('is what a bare command shows, with exit code 2', async () => {
    const { status, stdout, stderr } = await sallyportProcess([])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^Usage: sallyport/)
  })

  it('says the version of package.json', async () => {
    const manifest: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
    expect(manifest).toHaveProperty('version', (await sallyport(['--version'])).stdout.trim())
  })
})

describe('a wrong command line', () => {
  const id = 'req_01hzy8x5r2k3m4n5p6q7r8s9t0'
  it.each<[string[], string]>([
    [['aprove', id], 'unknown command `aprove`: did you mean `approve`'],
    [['--', 'sessions'], 'command `sessions` has to come first'],
    [['approve'], 'missing required argument `id`'],
    [['approve', id, 'more'], 'too many arguments'],
    [['deny', id], 'required option `--reason <text>` not specified'],
    [['campaign', 'decide', 'cam_x', 'x'], 'not specified: see `sallyport campaign decide --help`'],
    [['status', '--jsn'], 'unknown option `--jsn`: did you mean `--json`'],
    [
      ['request', 'ews-1', '--for', '3 hours', '--purpose', 'x'],
      'argument `3 hours`: expected a duration such as `90s`',
    ],
    [
      ['request', 'ews-1', '--for', '1h', '--from', '2026-03-01T06:00', '--purpose', 'x'],
      'expected a time with its zone',
    ],
    [
      ['request', 'ews-1', '--for', '1h', '--purpose', 'x', '--class', 'admin'],
      'Allowed choices are observe, operate, engineer',
    ],
    [['replay', 'ses_x', '--purpose', 'x', '--speed', '0'], 'expected a number from 0.1 to 100'],
    [['grants', '--limit', '1e9'], 'expected a whole number from 1 to 10000'],
    [['user', 'add', 'shift-lead', '--name', 'x', '--role', 'a,,b'], 'expected words with commas between them'],
    [['export', '--purpose', 'x'], 'required option `--out <dir>` not specified'],
    [['status'], 'which gateway: give --url https://host:8443, or run `sallyport login` first'],
    [['status', '--url', 'http://gateway:8443'], 'a login never goes over plain http'],
    [['status', '--url', 'https://shift-lead:pw@gateway'], 'give the login with --user'],
    [['status', '--url', 'https://gateway/path'], 'expected `https://host:port` without a path'],
    [['status', '--url', 'gateway:8443'], 'expected `https://host:port`'],
    [['login', '--url', 'https://gateway'], 'there is no terminal to ask on: give --user'],
    [['login', '--url', 'https://gateway', '--user', 'shift-lead'], 'give --password-file or SALLYPORT_PASSWORD'],
    [['revoke', 'ews-1', '--reason', 'x'], 'target `ews-1`: expected `person:LOGIN`'],
    [['suspend', 'gra_1', '--reason', 'x'], 'a grant is revoked, not suspended'],
    [['suspend', 'all', '--reason', 'x', '--local'], '--local needs --as LOGIN'],
    [['attest', 'person', 'x', '--label', 'l', '--until', '31.12.2026', '--reference', 'r'], 'expected a day such as'],
    [['credential', 'set', '../x'], 'expected 1 to 63 of a-z'],
  ])('%j is exit code 2 and one line that says what is wrong', async (args, text) => {
    const { status, stdout, stderr } = await sallyport(args, { env: { XDG_STATE_HOME: scratch() } })
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toMatch(/^sallyport: /)
    expect(stderr).toContain(text)
  })

  it('cannot put escape sequences on the terminal by what it quotes', async () => {
    const { status, stderr } = await sallyport(['\u001b]0;title\u0007'])
    expect(status).toBe(2)
    expect(stderr).toContain('unknown command `\\u{1b}]0;title\\u{7}`')
  })

  it('is a JSON problem too where --json was understood', async () => {
    const { status, stdout, stderr } = await sallyport(['status', '--json'], { env: { XDG_STATE_HOME: scratch() } })
    expect(status).toBe(2)
    expect(JSON.parse(stdout)).toEqual({
      problem: { code: 'usage', message: expect.stringContaining('which gateway') },
    })
    expect(stderr).toContain('which gateway')
  })
})
