// The bench: `npm run bench`. Puts the scene together, plays the lines asked for, prints one table, and leaves nothing
// behind. What is measured and why is in docs/performance.md.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { measureEcho } from './lines/echo.ts'
import { measureIdleMemory } from './lines/idle-memory.ts'
import { measureSetup } from './lines/setup-time.ts'
import { measureThroughput } from './lines/throughput.ts'
import { measureTransfers } from './lines/transfers.ts'
import { busyNote, machineLines, missingHere } from './machine.ts'
import { startOpenSsh } from './openssh.ts'
import { helpText, parseOptions, type BenchOptions, type LineName } from './options.ts'
import { endAll } from './processes.ts'
import { reportJson, reportText, type Finding } from './report.ts'
import { makeSource, onScene, type Scene } from './scene.ts'

const lines: Readonly<Record<LineName, (scene: Scene) => Promise<Finding>>> = {
  throughput: measureThroughput,
  setup: measureSetup,
  echo: measureEcho,
  memory: measureIdleMemory,
  transfers: measureTransfers,
}

const say = (text: string): void => void process.stderr.write(`${text}\n`)

async function bench(options: BenchOptions, folder: string): Promise<Finding[]> {
  const source = join(folder, 'source')
  const largest = { throughput: options.throughput.bytes, transfers: options.transfers.bytes }
  const wanted = options.lines.map((name) => (name === 'throughput' || name === 'transfers' ? largest[name] : 0))
  if (Math.max(...wanted) > 0) makeSource(source, Math.max(...wanted))
  const openssh = await startOpenSsh(folder, options.cipher)
  const findings: Finding[] = []
  for (const name of options.lines)
    findings.push(await onScene({ folder: join(folder, name), options, openssh, source, say }, lines[name]))
  openssh.hop.stop()
  openssh.target.stop()
  return findings
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
  const missing = missingHere(options, tmpdir())
  if (missing.length > 0) {
    for (const text of missing) say(`bench: ${text}`)
    return 1
  }
  const busy = busyNote()
  if (busy !== null) say(`bench: ${busy}`)
  if (options.profile !== null) mkdirSync(resolve(options.profile), { recursive: true })
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  const leave = (): void => {
    endAll()
    rmSync(folder, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      leave()
      process.exit(1)
    })
  try {
    const findings = await bench(options, folder)
    const machine = [...machineLines(options), ...(busy === null ? [] : [busy])]
    if (options.json) process.stdout.write(`${reportJson(machine, findings)}\n`)
    else process.stdout.write(`\n${machine.join('\n')}\n\n${reportText(findings)}\n`)
    return findings.some(({ faults }) => faults.length > 0) ? 1 : 0
  } catch (error) {
    say(`bench: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    leave()
  }
}

process.exitCode = await main()
