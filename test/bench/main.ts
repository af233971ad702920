// The bench: `npm run bench`. Puts the scene together, plays the lines asked for, prints one table, and leaves nothing
// behind. What is measured and why is in docs/performance.md.

import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { measureEcho } from './lines/echo.ts'
import { measureFiles } from './lines/files.ts'
import { measureIdleMemory } from './lines/idle-memory.ts'
import { measureSetup } from './lines/setup-time.ts'
import { measureThroughput } from './lines/throughput.ts'
import { measureTransfers } from './lines/transfers.ts'
import { busyNote, machineLines, missingHere } from './machine.ts'
import { startOpenSsh } from './openssh.ts'
import {
  helpText,
  parseOptions,
  partLines,
  sessionLines,
  type BenchOptions,
  type PartLine,
  type SessionLine,
} from './options.ts'
import { measurePolicy } from './policy/measure.ts'
import { policyText } from './policy/report.ts'
import { measureLedger } from './ledger/measure.ts'
import { ledgerText } from './ledger/report.ts'
import { measureRecorder } from './recorder/measure.ts'
import { recorderText } from './recorder/report.ts'
import { measureSearch } from './search/measure.ts'
import { searchText } from './search/report.ts'
import { measureReplay } from './replay/measure.ts'
import { replayText } from './replay/report.ts'
import { measureObjectStore } from './object-store/measure.ts'
import { objectStoreText } from './object-store/report.ts'
import { endAll } from './processes.ts'
import { reportJson, reportText, type Finding } from './report.ts'
import { makeSource, onScene, type Scene } from './scene.ts'

const lines: Readonly<Record<SessionLine, (scene: Scene) => Promise<Finding>>> = {
  throughput: measureThroughput,
  files: measureFiles,
  setup: measureSetup,
  echo: measureEcho,
  memory: measureIdleMemory,
  transfers: measureTransfers,
}

const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Where Linux has a file system in memory. */
const inMemory = '/dev/shm'

/** The lines asked for that play sessions. */
const sessionsOf = (options: BenchOptions): readonly SessionLine[] =>
  sessionLines.filter((name) => options.lines.includes(name))

async function benchSessions(options: BenchOptions, folder: string, scratch: string): Promise<Finding[]> {
  const wantedLines = sessionsOf(options)
  if (wantedLines.length === 0) return []
  const source = join(folder, 'source')
  makeSource(source, Math.max(options.throughput.bytes, options.files.bytes, options.transfers.bytes))
  const openssh = await startOpenSsh(folder, options.cipher)
  const findings: Finding[] = []
  for (const name of wantedLines)
    findings.push(await onScene({ folder: join(folder, name), options, openssh, source, scratch, say }, lines[name]))
  openssh.hop.stop()
  openssh.target.stop()
  return findings
}

/** What a line without sessions found: for people, and for --json. */
interface PartFindings {
  readonly text: string
  readonly json: unknown
}

const parts: Readonly<Record<PartLine, (options: BenchOptions, folder: string) => Promise<PartFindings>>> = {
  async policy(options, folder) {
    const json = await measurePolicy(options.policy, folder, say)
    return { text: policyText(json), json }
  },
  async recorder(options, folder) {
    const json = await measureRecorder(options.recorder, folder, say)
    return { text: recorderText(json), json }
  },
  async ledger(options, folder) {
    const json = await measureLedger(options.ledger, folder, say)
    return { text: ledgerText(json), json }
  },
  async replay(options, folder) {
    const json = await measureReplay(options.replay, folder, say)
    return { text: replayText(json), json }
  },
  async 'object-store'(options, folder) {
    const json = await measureObjectStore(options.objectStore, folder, say)
    return { text: objectStoreText(json), json }
  },
  async search(options, folder) {
    const json = await measureSearch(options.search, folder, say)
    return { text: searchText(json), json }
  },
}

async function main(): Promise<number> {
  const asked = parseOptions(process.argv.slice(2))
  if (asked.kind === 'help') {
    process.stdout.write(helpText)
    return 0
  }
  if (asked.kind === 'wrong') {
    say(`bench: ${asked.text}: see --help`)
    return 2
  }
  const { options } = asked
  const missing = sessionsOf(options).length === 0 ? [] : missingHere(options, tmpdir())
  if (missing.length > 0) {
    for (const text of missing) say(`bench: ${text}`)
    return 1
  }
  const busy = busyNote()
  if (busy !== null) say(`bench: ${busy}`)
  if (options.profile !== null) mkdirSync(resolve(options.profile), { recursive: true })
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  const scratch = mkdtempSync(join(existsSync(inMemory) ? inMemory : tmpdir(), 'sallyport-bench-'))
  const leave = (): void => {
    endAll()
    rmSync(scratch, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      leave()
      process.exit(1)
    })
  try {
    const findings = await benchSessions(options, folder, scratch)
    const texts: string[] = []
    const found: Record<string, unknown> = {}
    for (const name of partLines.filter((line) => options.lines.includes(line))) {
      const own = join(folder, name)
      mkdirSync(own)
      const { text, json } = await parts[name](options, own)
      texts.push(text)
      found[name] = json
    }
    const machine = [...machineLines(options), ...(busy === null ? [] : [busy])]
    const tables = [...(findings.length > 0 ? [reportText(findings)] : []), ...texts]
    const told = options.json
      ? reportJson(machine, findings, found)
      : `\n${[machine.join('\n'), ...tables].join('\n\n')}`
    process.stdout.write(`${told}\n`)
    return findings.some(({ faults }) => faults.length > 0) ? 1 : 0
  } catch (error) {
    say(`bench: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    leave()
  }
}

process.exitCode = await main()
