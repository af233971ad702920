// Does every byte arrive, and is it what was recorded? Large transfers in both directions, each of other bytes, whose
// SHA-256 is taken where they start, where they arrive, and from the recording; and the gateway's memory stays flat.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFrames, unwrapSessionKey } from '../../../recorder/index.ts'
import { sizeText } from '../figures.ts'
import { forgetPeaks, memoryOfTree, peakOfTree } from '../process-trees.ts'
import { exitOf, keep, textOf } from '../processes.ts'
import { rowOf, type Finding } from '../report.ts'
import type { Scene } from '../scene.ts'

type Direction = 'in' | 'out'

interface Transfer {
  readonly direction: Direction
  /** SHA-256 where the bytes start, where they arrive, and of the recorded frames. */
  readonly sent: string
  readonly arrived: string
  readonly recorded: string
  /** Highest resident set of the gateway's processes together while it ran, bytes. */
  readonly peak: number
}

/** Arguments that make `dd` give a slice of the source, reading nothing of what comes before. */
const slice = (source: string, skip: number, bytes: number): string[] => [
  `if=${source}`,
  'bs=1M',
  `skip=${skip}`,
  `count=${bytes}`,
  'iflag=skip_bytes,count_bytes,fullblock',
  'status=none',
]

async function sumOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  const hash = createHash('sha256')
  if (stream) for await (const part of stream) hash.update(part)
  return hash.digest('hex')
}

async function sentSum(argv: readonly string[]): Promise<string> {
  const dd = keep(spawn('dd', argv, { stdio: ['ignore', 'pipe', 'inherit'] }))
  return sumOf(dd.stdout)
}

/** Through the gateway from the target to here; what arrived is summed as it comes. */
async function download(scene: Scene, argv: readonly string[]): Promise<string> {
  const ssh = await scene.routes.gateway.start({
    command: `exec dd ${argv.join(' ')}`,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [sum, { code }] = await Promise.all([sumOf(ssh.stdout), exitOf(ssh)])
  return code === 0 ? sum : `ssh ended with ${code}`
}

/** Through the gateway from here to the target, which sums it. */
async function upload(scene: Scene, argv: readonly string[]): Promise<string> {
  const ssh = await scene.routes.gateway.start({ command: 'exec sha256sum', stdio: ['pipe', 'pipe', 'inherit'] })
  const dd = keep(spawn('dd', argv, { stdio: ['ignore', 'pipe', 'inherit'] }))
  if (ssh.stdin) dd.stdout.pipe(ssh.stdin)
  const [text, { code }] = await Promise.all([textOf(ssh.stdout), exitOf(ssh)])
  return code === 0 ? (text.split(' ')[0] ?? '') : `ssh ended with ${code}`
}

/** SHA-256 of what crossed in one direction, as the recording of a session with one channel holds it. */
async function recordedSum(folder: string, identity: string, direction: Direction): Promise<string> {
  const key = await unwrapSessionKey(folder, [identity])
  const hash = createHash('sha256')
  for await (const frame of readFrames(folder, key, 0))
    if (frame.kind === 'data' && frame.direction === direction) hash.update(frame.bytes)
  return hash.digest('hex')
}

async function transfer(scene: Scene, direction: Direction, argv: readonly string[]): Promise<Transfer> {
  const { gateway } = scene
  const sent = await sentSum(argv)
  forgetPeaks(gateway.pid)
  const arrived = await (direction === 'out' ? download : upload)(scene, argv)
  const [folder, ...others] = await gateway.sealed()
  const peak = peakOfTree(gateway.pid)
  if (folder === undefined || others.length > 0) throw new Error('expected one sealed recording')
  const recorded = await recordedSum(folder, gateway.replayIdentity, direction)
  await gateway.clear()
  return { direction, sent, arrived, recorded, peak }
}

export async function measureTransfers(scene: Scene): Promise<Finding> {
  const { bytes, count } = scene.options.transfers
  const before = memoryOfTree(scene.gateway.pid).rss
  const transfers: Transfer[] = []
  const faults: string[] = []
  for (let at = 0; at < count; at++) {
    const direction = at % 2 === 0 ? 'out' : 'in'
    // Odd steps: no transfer begins or ends where a block or a packet does.
    const done = await transfer(scene, direction, slice(scene.source, at * 4099, bytes))
    transfers.push(done)
    const { sent, arrived, recorded, peak } = done
    if (arrived !== sent) faults.push(`transfer ${at + 1}, ${direction}: sent ${sent}, arrived ${arrived}`)
    if (recorded !== sent) faults.push(`transfer ${at + 1}, ${direction}: sent ${sent}, recorded ${recorded}`)
    const verdict = arrived === sent && recorded === sent ? 'same SHA-256 sent, arrived, recorded' : 'DIFFERS'
    scene.say(`transfer ${at + 1}/${count} ${direction}: ${verdict}; gateway at most ${sizeText(peak)}`)
  }
  const good = transfers.filter(({ sent, arrived, recorded }) => arrived === sent && recorded === sent).length
  const peaks = transfers.map(({ peak }) => peak)
  const row = (what: string, value: number) =>
    rowOf(what, 'bytes', 'less', (route) => (route === 'gateway' ? value : null))
  return {
    rows: [
      rowOf(`transfers of ${sizeText(bytes)} without a lost byte, of ${count}`, 'transfers', 'more', (route) =>
        route === 'gateway' ? good : null,
      ),
      row('gateway memory (RSS), before the transfers', before),
      row('gateway memory, peak, first transfer each way', Math.max(...peaks.slice(0, 2))),
      row('gateway memory, peak, last transfer each way', Math.max(...peaks.slice(-2))),
      row('gateway memory, peak, any transfer', Math.max(...peaks)),
    ],
    notes: [
      'transfers: other bytes each time, in turn to the client and to the target; SHA-256 where they start, where they arrive, and of the recorded frames',
    ],
    faults,
    samples: { line: 'transfers', before, transfers },
  }
}
