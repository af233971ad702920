// The second half of the scripted demo: the recording is sealed, an auditor verifies and replays it, the export is proven
// by a program that knows no gateway, and the control register shows what all that is evidence for.

import { execFile } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { extract } from 'tar'
import { prefix } from '../contract/routes.ts'
import type { ControlView, RecordingView, RegisterView, ReplayView, VerificationView } from '../contract/views.ts'
import { tableLines } from '../cli/table.ts'
import { ensure, type AccessDone } from './access-steps.ts'
import type { Actors } from './actors.ts'
import { problemOf } from './api-visitor.ts'
import type { Plant } from './plant.ts'
import { until, type Steps } from './steps.ts'
import { playViewing } from './viewing-steps.ts'

export interface EvidenceDone {
  /** The unpacked export, and the trust file beside it; in the plant's folder. */
  readonly exported: string
  readonly trust: string
  readonly controls: readonly ControlView[]
}

const command = join(import.meta.dirname, '..', 'sallyport.mjs')

interface Verdict {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command line as an auditor would, with nothing of ours in its environment. */
function runSallyport(argv: readonly string[], cwd: string): Promise<Verdict> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: cwd }
    execFile(process.execPath, [command, ...argv], { cwd, env }, (error, stdout, stderr) => {
      const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ exit, stdout, stderr: stderr.trim() || (error?.message ?? '') })
    })
  })
}

/** What the cast would show on a screen. */
function screenOf(cast: string): string {
  const [, ...events] = cast.trimEnd().split('\n')
  return events
    .map((line) => JSON.parse(line) as readonly [number, string, string])
    .flatMap(([, kind, text]) => (kind === 'o' ? [text] : []))
    .join('')
}

/** Plays it. @throws StepFailed with the step that went wrong. */
export async function playEvidence(
  plant: Plant,
  steps: Steps,
  actors: Actors,
  { visitors, session }: AccessDone,
): Promise<EvidenceDone> {
  const { auditor } = visitors

  await steps.run('seal', async () => {
    const {
      status,
      evidenceIndex,
      session: facts,
    } = await until(async () => {
      const recording = await auditor.ok<RecordingView>('GET', `/recordings/${session}`)
      return recording.session.state === 'sealed' ? recording : null
    })
    ensure(status === 'complete', 'a complete recording', status)
    return {
      value: null,
      line: `recording sealed as ${status} (${facts.endReason}): ${facts.channels} channels; ledger entry ${evidenceIndex}`,
    }
  })

  await steps.run('verify', async () => {
    const { holds, findings } = await auditor.ok<VerificationView>('POST', `/recordings/${session}/verify`)
    const [wrong] = findings.filter((finding) => !finding.holds)
    ensure(holds, 'a recording that holds', `${wrong?.where}: ${wrong?.what}`)
    return {
      value: null,
      line: `auditor has the gateway check chain, seal and ledger entry: ${findings.length} findings hold`,
    }
  })

  await steps.run('replay', async () => {
    const purpose = 'sample of this week\u2019s sessions'
    const replay = await auditor.ok<ReplayView>('POST', `/recordings/${session}/replay`, { purpose })
    const terminals = replay.channels.filter(({ kind }) => kind === 'pty')
    const screens: string[] = []
    for (const { cast } of terminals) {
      const answer = await auditor.call('GET', cast.slice(prefix.length))
      ensure(answer.status === 200, 'a cast', problemOf(answer))
      screens.push(screenOf(answer.bytes.toString('utf8')))
    }
    const seen = screens.some((screen) => screen.includes('drive 12 is down'))
    ensure(seen, 'what the vendor saw', `${screens.length} terminals without it`)
    return {
      value: null,
      line: `auditor replays ${terminals.length} terminals for a stated purpose and sees what the vendor saw`,
    }
  })

  await playViewing(steps, actors, auditor, session)

  const place = join(plant.folder, 'auditor')
  const [exported, trust] = [join(place, 'export'), join(place, 'trust.json')]
  await steps.run('export', async () => {
    await mkdir(place, { mode: 0o700 })
    const body = { sessions: [], purpose: 'audit of remote access' }
    const tar = await auditor.call('POST', '/exports', body)
    ensure(tar.status === 200, 'an export', problemOf(tar))
    const packed = join(place, 'export.tar')
    await writeFile(packed, tar.bytes)
    await extract({ file: packed, cwd: place, strict: true })
    const keys = await auditor.call('GET', '/evidence/trust')
    ensure(keys.status === 200, 'a trust file', problemOf(keys))
    await writeFile(trust, keys.bytes)
    const files = await readdir(exported, { recursive: true, withFileTypes: true })
    const count = files.filter((file) => file.isFile()).length
    return {
      value: null,
      line: `auditor exports ledger and recordings (${count} files) and, apart from it, the public keys`,
    }
  })

  await steps.run('prove', async () => {
    const { exit, stdout, stderr } = await runSallyport(['verify', exported, '--trust', trust, '--json'], place)
    ensure(stdout !== '', 'a report of `sallyport verify`', `exit ${exit}: ${stderr}`)
    const { findings, ledger } = JSON.parse(stdout) as {
      readonly findings: readonly { readonly where: string; readonly holds: boolean; readonly what: string }[]
      readonly ledger: { readonly size: number }
    }
    const faults = findings.filter(({ holds }) => !holds).map(({ where, what }) => `${where}: ${what}`)
    ensure(exit === 0, '`sallyport verify` to accept the export', `exit ${exit}: ${faults.join('; ')}`)
    return {
      value: null,
      line: `\`sallyport verify\`, without the gateway: ${ledger.size} ledger entries, ${findings.length} findings, everything holds`,
    }
  })

  const controls = await steps.run('register', async () => {
    const register = await auditor.ok<RegisterView>('GET', '/register')
    const failing = register.controls.filter(({ state }) => state === 'failing')
    ensure(failing.length === 0, 'no failing control', failing.map(({ id, reason }) => `${id}: ${reason}`).join('; '))
    const fresh = register.controls.filter(({ state }) => state === 'fresh').length
    const rows = register.controls.map(({ id, state, events, title }) => [id, state, String(events), title])
    return {
      value: register.controls,
      line: `${fresh} of ${rows.length} controls have fresh evidence; where none was needed, none is claimed:`,
      details: tableLines(['control', 'state', 'events', ''], rows),
    }
  })
  return { exported, trust, controls }
}
