// The matrix: each program that people bring, run unchanged against the running gateway and a real sshd, by each way of
// logging in. What it showed, its status, and that the recording verifies and holds the bytes. docs/clients.md is written
// from it: `vitest --update=all` writes it, and a plain run fails where a result differs from what stands there.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { fileSwitches, sshFeatures } from '../../../policy/index.ts'

import { startClamd, type ClamdStage } from '../../support/clamd.ts'
import { describeWith } from '../../support/describe-with.ts'
import { eventually } from '../../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'
import { readRecorded } from '../../support/recorded.ts'
import { makeKey } from '../../support/sshd.ts'
import { clearTextRegister, startTelnetd, telnetPlace, withTelnet, type Telnetd } from '../../support/telnet-stage.ts'
import { startController, tunnelConduits, type Controller } from '../../support/tunnel-stage.ts'
import { ansibleRows } from './ansible.ts'
import { openDesk } from './code-desk.ts'
import { dropbearRows } from './dropbear.ts'
import { fileRows } from './files.ts'
import { forwardRows } from './forwards.ts'
import { opensshRows } from './openssh.ts'
import { puttyRows } from './putty.ts'
import { quarantineRows, quarantineRules } from './quarantine.ts'
import { newerOf, type Row, type Seat, type Seen } from './row.ts'
import { takeSeat, type SeatWish } from './seat.ts'
import { documentOf, readDocument, withVersionsOf } from './table.ts'
import { telnetRows } from './telnet.ts'

/** Who sits side by side; the rows of one seat run one after the other. */
const transfer = { allow: [...fileSwitches], paths: [`${tmpdir()}/**`] }
const seats: readonly (SeatWish & { readonly rows: readonly Row[] })[] = [
  { login: 'ada', rows: opensshRows },
  { login: 'ben', rows: [...puttyRows, ...dropbearRows] },
  { login: 'cleo', rows: ansibleRows, transfer },
  { login: 'dora', rows: fileRows, transfer },
  { login: 'eve', rows: forwardRows, tunnels: true },
  {
    login: 'iris',
    rows: newerOf([...opensshRows, ...fileRows, ...forwardRows]),
    transfer,
    tunnels: true,
    openssh: 'newer',
  },
  { login: 'hugo', rows: telnetRows, asset: 'hist-1', protocol: 'telnet' },
  { login: 'finn', rows: quarantineRows.openssh, transfer },
  { login: 'gina', rows: quarantineRows.putty, transfer },
]
/** As the product is by itself where there are two cores; docs/clients.md says it. */
const workers = 2
const rows = seats.flatMap((seat) => seat.rows)

/** Whatever stands in the folder of the test may cross, as it comes. */
const filesText = JSON.stringify({
  rules: [
    {
      id: 'work-files',
      text: 'Files of the work at hand.',
      assets: ['ews-1'],
      paths: [`${tmpdir()}/**`],
      allow: fileSwitches,
      upload: 'pass',
      download: 'pass',
    },
    // The strictest of all rules holds.
    ...quarantineRules(['ews-1'], ['finn', 'gina']),
  ],
})

/** One program that never ends does not keep the others of its seat waiting for ever. */
const patienceMs = 100_000

async function inTime<T>(work: Promise<T>): Promise<T> {
  let late: NodeJS.Timeout | undefined
  const over = new Promise<never>((_resolve, reject) => {
    late = setTimeout(() => reject(new Error(`it did not end within ${patienceMs} ms`)), patienceMs)
  })
  return Promise.race([work, over]).finally(() => clearTimeout(late))
}

interface Outcome {
  readonly seat: Seat
  readonly seen: Seen
  /** Sessions that began meanwhile, of this person. */
  readonly sessions: readonly string[]
}

const needed = [
  'ssh',
  'ssh-10',
  'scp-10',
  'sftp-10',
  'sshd',
  'ssh-keygen',
  'script',
  'plink',
  'puttygen',
  'dbclient',
  'dropbearconvert',
  'ansible',
  'python3',
  'clamd',
  'telnetd',
] as const

describeWith(needed, 'with programs people bring', () => {
  let stage: GatewayStage
  let apart: string
  let controller: Controller
  let clamd: ClamdStage
  let telnetd: Telnetd
  const outcomes = new Map<Row, Promise<Outcome>>()

  beforeAll(async () => {
    apart = await mkdtemp(join(tmpdir(), 'sp-authority-'))
    const authority = await makeKey(join(apart, 'authority'))
    controller = await startController((socket) => void socket.pipe(socket))
    clamd = await startClamd(join(apart, 'clamd'), { signaturesAt: Date.now() })
    telnetd = await startTelnetd()
    stage = await stageGateway({
      targets: ['ews-1', 'hist-1'],
      overrides: {
        'ssh.workers': workers,
        'ssh.maxChannels': 64,
        // Whoever looks on has to, until the last program has ended, however busy the machine is.
        'https.accessMinutes': 60,
        'airlock.clamd': clamd.address,
        'ssh.userAuthorities': [
          { name: 'supplier-cards', key: `${authority}.pub`, suppliers: ['acme-drives'], secondFactor: true },
        ],
      },
      files: {
        'files.yaml': filesText,
        'zones.yaml': withTelnet(await tunnelConduits()),
        'register.yaml': await clearTextRegister(),
      },
      tunnels: { 'hist-1': { host: '127.0.0.1', ports: [controller.port] } },
      spoil: async (place) =>
        place.asset === 'hist-1'
          ? telnetPlace(place, telnetd.port)
          : { ...place, endpoint: { features: [...sshFeatures] } },
    })
    const stall = { stage, authority, desk: openDesk(stage), tunnel: `hist-1:${controller.port}` }
    const taken: (readonly [Seat, readonly Row[]])[] = []
    // One after the other: they ask and approve with codes of their own, and time moves on for it.
    for (const { rows: mine, ...wish } of seats) taken.push([await takeSeat(stall, wish), mine])
    await stage.api('auditor')
    for (const [seat, mine] of taken) {
      let before: Promise<unknown> = Promise.resolve()
      for (const row of mine) {
        const outcome = before.then(() => observe(seat, row))
        before = outcome.catch(() => undefined)
        outcomes.set(row, outcome)
      }
    }
    // Nine people get keys, certificates and grants, one after the other.
  }, 180_000)
  afterAll(async () => {
    await Promise.allSettled(outcomes.values())
    await stage.stop()
    await controller.stop()
    await telnetd.stop()
    await clamd.kill()
    await rm(apart, { recursive: true, force: true })
  })

  async function sessionsOf({ login }: Seat): Promise<readonly string[]> {
    const { id } = stage.person(login).person
    const started = await stage.evidence({ types: ['session.started'] })
    return started.flatMap(({ data }) => (data['person'] === id ? [String(data['session'])] : []))
  }

  async function observe(seat: Seat, row: Row): Promise<Outcome> {
    const before = await sessionsOf(seat)
    const seen = await inTime(row.run(seat))
    const sessions = (await sessionsOf(seat)).filter((id) => !before.includes(id))
    return { seat, seen, sessions }
  }

  /** All that was recorded of a session, one channel after the other. */
  async function recordOf(session: string): Promise<{ in: Buffer; out: Buffer }> {
    const sealed = await eventually('the recording is sealed', async () => {
      const [found] = await stage.evidence({ types: ['session.recording_sealed'], session })
      return found ?? null
    })
    expect(sealed.data['status']).toBe('complete')
    const auditor = await stage.api('auditor')
    expect(await auditor.ok('POST', `/recordings/${session}/verify`)).toMatchObject({ holds: true })
    const channels = await Promise.all(
      Array.from({ length: Number(sealed.data['channels']) }, (_, n) => readRecorded(stage.stage, session, n)),
    )
    return { in: Buffer.concat(channels.map((each) => each.in)), out: Buffer.concat(channels.map((each) => each.out)) }
  }

  it.each(rows.map((row) => [row.program, row.login, row.does, row] as const))(
    '%s by %s: %s',
    async (_program, _login, _does, row) => {
      const { seat, seen, sessions } = await (outcomes.get(row) ?? Promise.reject(new Error('it did not run')))
      const shown = { exit: seen.exit, stdout: seen.stdout.toString('latin1').slice(-2_000), stderr: seen.stderr }
      expect(seen.exit, JSON.stringify(shown)).toBe(row.exit)
      if (row.stdout instanceof RegExp) expect(seen.stdout.toString()).toMatch(row.stdout)
      else if (row.stdout !== undefined) expect(seen.stdout.equals(Buffer.from(row.stdout)), shown.stdout).toBe(true)
      if (row.stderr instanceof RegExp) expect(seen.stderr).toMatch(row.stderr)
      else if (row.stderr !== undefined) expect(seen.stderr).toBe(row.stderr)
      if (row.recorded === null) expect(sessions).toEqual([])
      else {
        expect(sessions.length).toBeGreaterThanOrEqual(row.sessions ?? 1)
        const records = await Promise.all(sessions.map(recordOf))
        const record = {
          in: Buffer.concat(records.map((each) => each.in)),
          out: Buffer.concat(records.map((each) => each.out)),
        }
        for (const way of ['in', 'out'] as const)
          expect(record[way].includes(row.recorded[way] ?? ''), `recorded, ${way}`).toBe(true)
      }
      await row.after?.(seat)
    },
    120_000,
  )

  it('stands so in docs/clients.md', async () => {
    const done = await Promise.allSettled(outcomes.values())
    expect(done.filter(({ status }) => status === 'rejected')).toEqual([])
    const written = await readDocument()
    const now = await documentOf(written, rows, workers)
    await expect(withVersionsOf(written, now)).toMatchFileSnapshot('../../../docs/clients.md')
  })
})
