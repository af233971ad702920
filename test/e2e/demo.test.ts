// The demo, as a person runs it: the script that plays the whole main job, and the plant to play with.

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { openVisitor, send } from '../../gateway/demo/api-visitor.ts'
import { cast } from '../../gateway/demo/cast.ts'
import { Failure } from '../../gateway/cli/failure.ts'
import { readTrust } from '../../gateway/cli/trust-file.ts'
import { codeAt } from '../../gateway/identity/totp.ts'
import { Secret } from '../../gateway/secret.ts'
import { catalogue } from '../../policy/register/catalogue.ts'
import { verifyExport } from '../../recorder/index.ts'
import { startDemo, type DemoRun } from '../support/demo-program.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { disclosedValues, exportedEntries, textsIn } from '../support/exported-ledger.ts'
import { hasPart } from '../support/parts.ts'

const command = join(import.meta.dirname, '..', '..', 'gateway', 'sallyport.mjs')

interface Verdict {
  readonly exit: number
  readonly output: string
}

function verify(folder: string): Promise<Verdict> {
  const argv = [command, 'verify', join(folder, 'export'), '--trust', join(folder, 'trust.json')]
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { env: { PATH: process.env['PATH'] ?? '' } }, (error, stdout, stderr) => {
      const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ exit, output: stdout + stderr })
    })
  })
}

/** Does the export hold, as the program above finds it; null where its trust file cannot be read. */
async function holds(folder: string): Promise<boolean | null> {
  try {
    const trust = await readTrust(join(folder, 'trust.json'))
    return (await verifyExport(join(folder, 'export'), trust)).holds
  } catch (error) {
    if (error instanceof Failure) return null
    throw error
  }
}

/** Numbers that look random and are the same in every run (xorshift, 32 bits). */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

let tmp: string
let runs: DemoRun[]

function start(argv: readonly string[], env: Readonly<Record<string, string>> = {}): DemoRun {
  const run = startDemo(argv, tmp, env)
  runs.push(run)
  return run
}
async function openTmp(): Promise<void> {
  tmp = await realpath(await mkdtemp(join(tmpdir(), 'sallyport-test-')))
  runs = []
}
async function closeTmp(): Promise<void> {
  for (const { child } of runs) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await rm(tmp, { recursive: true, force: true })
}

describeWith('ssh', 'the demo as a script, twice at the same time', () => {
  let kept: string
  let ends: { readonly exit: number | null; readonly signal: NodeJS.Signals | null }[]

  beforeAll(async () => {
    await openTmp()
    kept = await mkdtemp(join(tmpdir(), 'sallyport-test-kept-'))
    const pair = [start(['--once', '--keep', kept]), start(['--once', '--json'])]
    ends = await Promise.all(pair.map(({ ended }) => ended))
    // It waits for its own windows to end and for authenticator codes to change.
  }, 150_000)
  afterAll(async () => {
    await closeTmp()
    await rm(kept, { recursive: true, force: true })
  })

  it('ends with 0 and shows every step of the main job in one line', () => {
    expect(runs[0]?.stderr()).toBe('')
    expect(ends[0]).toEqual({ exit: 0, signal: null })
    const lines = runs[0]?.stdout().split('\n') ?? []
    const steps = lines.flatMap((line) => /^✓ +\d+ ms {2}(\w+(?: in)?)/.exec(line)?.[1] ?? [])
    const first = 'prepare, start, guess, log in, walkdown, ask, refuse, connect, approve, terminal, command, tunnel'
    const second =
      'revoke, emergency, answer, drain, extend, wait, escort, suspend, blocked, lift, safety, machine, propose, activate, validate'
    const third = 'seal, verify, replay, viewing, search, export, prove, register, keep, stop'
    expect(steps).toEqual(`${first}, ${second}, ${third}`.split(', '))
  })

  it('shows why the session ended, and one state for each control', () => {
    const text = runs[0]?.stdout() ?? ''
    expect(text).toContain('the session ended because the access was revoked: the line starts again in ten minutes')
    expect(text).toContain('outside the scope')
    const states = text.match(/^ +GW-[A-Z]{3}-\d\d {2}(?:fresh|stale|failing|not-exercised|no-evidence) /gm)
    expect(states).toHaveLength(catalogue.size)
  })

  it('shows what a safety system would need, and what holds where a supplier is escorted or suspended', () => {
    const text = runs[0]?.stdout() ?? ''
    expect(text).toMatch(/^ +- sis-unreachable: /m)
    expect(text).toMatch(/^ +\+ a safety review has to opt it in/m)
    expect(text).toContain('Somebody of the plant watches all the time')
    // Its session is on an operator station near a safety system: input stops, and somebody who knows says when it may go.
    expect(text).toMatch(/suspends the supplier: input of its session stopped \d+ ms later/)
    expect(text).toContain('line 3 stands')
    expect(text).toContain('who suspended does not lift it: another person has to')
  })

  it('shows what a machine account may not, who has to agree to a viewing, and what a search finds', () => {
    const text = runs[0]?.stdout() ?? ''
    expect(text).toContain('a machine account gets no terminal and no shell')
    expect(text).toContain('another person has to agree to this viewing first: rule `operator-stations`')
    expect(text).toMatch(/^ +.*\[fault F0012\] \[overtemperature\]/m)
  })

  it('says the same as JSON', () => {
    expect(ends[1]).toEqual({ exit: 0, signal: null })
    const told = JSON.parse(runs[1]?.stdout() ?? '') as {
      ok: boolean
      steps: { ok: boolean }[]
      controls: { id: string; state: string }[]
    }
    expect(told.ok).toBe(true)
    expect(told.steps.length).toBeGreaterThan(15)
    expect(told.steps.every(({ ok }) => ok)).toBe(true)
    expect(told.controls).toHaveLength(catalogue.size)
  })

  it('puts the controls to the test that suspensions, emergencies, escorts, machines and a safety system are for', () => {
    const { controls } = JSON.parse(runs[1]?.stdout() ?? '') as { controls: { id: string; state: string }[] }
    const fresh = controls.filter(({ state }) => state === 'fresh').map(({ id }) => id)
    const shown = [
      'GW-INV-01',
      'GW-PRV-03',
      'GW-RAC-04',
      'GW-RAC-07',
      'GW-CHG-02',
      'GW-SAF-01',
      'GW-CON-01',
      'GW-EXC-01',
    ]
    expect(fresh).toEqual(expect.arrayContaining(shown))
  })

  it('holds nobody\u2019s name, login, address or words in clear in any entry of its ledger', () => {
    const folder = join(kept, 'export')
    const entries = exportedEntries(folder)
    expect(entries.length).toBeGreaterThan(80)
    // Roles and owners are titles of the plant: some people of the demo are called by theirs.
    const titles = ['ISMS manager', 'OT security lead', 'Production lead', 'Functional safety lead', 'Automation lead']
    const names = cast.map(({ displayName }) => displayName)
    const logins: readonly string[] = cast.map(({ login }) => login)
    const words = disclosedValues(folder).filter((value) => !logins.includes(value) && /[^a-z]/.test(value))
    expect(words.length).toBeGreaterThan(10)
    const secrets = [...names, ...words].filter((value) => !titles.includes(value))
    const address = /\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-f]{0,4}::/
    for (const { type, data } of entries) {
      // Where the gateway itself listens is its configuration, and nobody's own.
      const isConfiguration = type.startsWith('gateway.configur')
      for (const { name, text } of textsIn(data)) {
        const where = `${type} ${name}: ${text}`
        expect(
          secrets.filter((secret) => text.includes(secret) && !(isConfiguration && address.test(secret))),
          where,
        ).toEqual([])
        // The name of an algorithm ends in the domain of who defined it (RFC 4251 section 6).
        const isAlgorithm = type === 'session.connected' && ['cipher', 'mac', 'kex', 'hostKey'].includes(name)
        if (!isAlgorithm) expect(text, where).not.toContain('@')
        if (!isConfiguration) expect(text, where).not.toMatch(address)
        // A login of the demo is its role's name, and stands where roles do.
        if (!['roles', 'role', 'stops'].includes(name)) expect(logins, where).not.toContain(text)
      }
    }
  })

  it('leaves nothing in the folder for temporary files', async () => {
    expect(await readdir(tmp)).toEqual([])
  })

  it('keeps an export and a trust file that `sallyport verify` accepts', async () => {
    expect((await readdir(kept)).toSorted()).toEqual(['export', 'trust.json'])
    const { exit, output } = await verify(kept)
    expect(output).toContain('VERIFIED: everything holds')
    expect(exit).toBe(0)
  })

  it('keeps an export that is rejected after one changed byte, in whichever file', { timeout: 120_000 }, async () => {
    const entries = await readdir(kept, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    expect(files.length).toBeGreaterThan(10)
    const random = seeded(0x5a11)
    const accepted: string[] = []
    for (const file of files) {
      const intact = await readFile(file)
      const at = random(intact.length)
      const changed = Buffer.from(intact)
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << random(8)), at)
      await writeFile(file, changed)
      if ((await holds(kept)) === true) accepted.push(`${relative(kept, file)} at ${at}`)
      if (file === files.at(-1)) expect((await verify(kept)).exit).toBe(1)
      await writeFile(file, intact)
    }
    expect(accepted).toEqual([])
    expect(await holds(kept)).toBe(true)
  })

  it('does not write over evidence that was kept before', async () => {
    const before = await readFile(join(kept, 'trust.json'), 'utf8')
    const again = start(['--once', '--keep', kept])
    expect((await again.ended).exit).toBe(1)
    expect(again.stderr()).toContain(`step \`prepare\` failed: \`${join(kept, 'export')}\` is there already`)
    expect(await readFile(join(kept, 'trust.json'), 'utf8')).toBe(before)
  })
})

describe('the demo as a script that fails', () => {
  beforeEach(openTmp)
  afterEach(closeTmp)

  it('names the package to install where there is no ssh', async () => {
    const run = start(['--once'], { PATH: tmp })
    expect((await run.ended).exit).toBe(1)
    expect(run.stderr()).toContain('step `prepare` failed: the OpenSSH client `ssh` is not installed')
    expect(run.stderr()).toContain('apt-get install openssh-client')
    expect(await readdir(tmp)).toEqual([])
  })

  it('names the step and the error, stops everything and removes it', async () => {
    const bin = join(tmp, 'bin')
    await mkdir(bin)
    await writeFile(join(bin, 'ssh'), '#!/bin/sh\necho "out of order" >&2\nexit 255\n', { mode: 0o755 })
    const run = start(['--once'], { PATH: `${bin}:/usr/bin:/bin` })
    expect((await run.ended).exit).toBe(1)
    expect(run.stdout()).toMatch(/^✗ +\d+ ms {2}connect /m)
    expect(run.stderr()).toContain('demo: step `connect` failed: ssh ended before it said `connected`: out of order')
    expect(await readdir(tmp)).toEqual(['bin'])
  })

  it.skipIf(!hasPart('ssh'))('stops in the middle when it is interrupted, and removes everything', async () => {
    const run = start(['--once'])
    await run.shows(' start ')
    run.child.kill('SIGINT')
    expect((await run.ended).exit).toBe(130)
    expect(run.stderr()).toContain('interrupted')
    expect(await readdir(tmp)).toEqual([])
  })

  it.each([
    ['an unknown option', ['--twice'], '--twice'],
    ['a word too many', ['again'], 'again'],
    ['--keep without --once', ['--keep', 'there'], 'without --once'],
  ])('takes %s for a wrong command line', async (_what, argv, word) => {
    const run = start(argv)
    expect((await run.ended).exit).toBe(2)
    expect(run.stderr()).toContain(word)
    expect(run.stdout()).toBe('')
  })
})

describe('the demo to play with', () => {
  beforeEach(openTmp)
  afterEach(closeTmp)

  interface Told {
    readonly url: string
    readonly ca: string
    readonly ssh: { readonly port: number; readonly command: string }
    readonly people: readonly { readonly login: string; readonly password: string; readonly totpSecret: string }[]
  }

  it('serves the page, lets its people in, and stops cleanly at Ctrl-C, also when npm passes it on', async () => {
    const run = start(['--json'])
    await run.shows('"pid"')
    const told = JSON.parse(run.stdout()) as Told
    const address = { port: Number(new URL(told.url).port), ca: await readFile(told.ca, 'utf8') }

    const page = await send(address, { method: 'GET', path: '/' })
    expect(page.status).toBe(200)
    expect(page.bytes.toString('utf8')).toContain('<title>')
    const logins = await Promise.all(
      told.people.map(async ({ login, password, totpSecret }) => {
        const code = codeAt(new Secret(totpSecret), Date.now())
        return (await openVisitor(address).login(login, password, code)).status
      }),
    )
    expect(logins).toEqual(told.people.map(() => 200))
    expect(told.ssh.command).toContain(`-p ${told.ssh.port} vendor+ews-1@localhost`)

    run.child.kill('SIGINT')
    run.child.kill('SIGINT')
    expect(await run.ended).toEqual({ exit: 0, signal: null })
    expect(await readdir(tmp)).toEqual([])
  })

  it('shows address, logins, codes and what to try; new codes at Enter; and says that ssh is missing', async () => {
    const run = start([], { PATH: tmp })
    await run.shows('Ctrl-C: stop and remove everything.')
    const text = run.stdout()
    expect(text).toMatch(/web page {2}https:\/\/localhost:\d+\n/)
    expect(text).toMatch(/^ {2}vendor +\S{12,} +\d{6} +\d{6} /m)
    expect(text).toMatch(/^ {5}ssh .* -p \d+ vendor\+ews-1@localhost$/m)
    expect(text).toMatch(/^ {2}auditor +[A-Z2-7]{32}$/m)
    expect(text).toContain('sudo apt-get install openssh-client')

    const tables = (): number => run.stdout().split('A code works once').length - 1
    expect(tables()).toBe(1)
    run.child.stdin?.write('\n')
    await eventually('a second table of codes', () => tables() === 2)
    run.child.kill('SIGTERM')
    expect((await run.ended).exit).toBe(0)
    expect(await readdir(tmp)).toEqual([])
  })
})
