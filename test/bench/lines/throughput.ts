// Bulk throughput, both directions. Timed from the moment the target's command begins to the end of the last byte, so
// that logging in does not count; `date` on the target shows the same clock, because everything is on one machine.

import { closeSync, openSync, statSync } from 'node:fs'
import { median, rateText, sizeText } from '../figures.ts'
import { exitOf, textOf } from '../processes.ts'
import type { Finding, Row } from '../report.ts'
import { rotated, type Route, type RouteName } from '../routes.ts'
import type { Scene } from '../scene.ts'

const directions = ['toClient', 'toTarget'] as const
type Direction = (typeof directions)[number]

interface Sample {
  readonly direction: Direction
  readonly route: RouteName
  readonly bytesPerSecond: number
  /** Processor time of the gateway for this run, in seconds; 0 on the other routes. */
  readonly processorSeconds: number
}

/** What `date +%s.%N` printed, line by line, in milliseconds. */
function stampsIn(text: string): number[] {
  return [...text.matchAll(/^(\d+\.\d+)$/gm)].map((match) => Number(match[1]) * 1000)
}

async function toClient(route: Route, source: string): Promise<number> {
  const sink = openSync('/dev/null', 'w')
  const command = `date +%s.%N >&2; exec cat ${source}`
  try {
    const child = await route.start({ command, stdio: ['ignore', sink, 'pipe'] })
    const [said, exit] = await Promise.all([textOf(child.stderr), exitOf(child)])
    const [begin] = stampsIn(said)
    if (exit.code !== 0 || begin === undefined)
      throw new Error(`${route.name}: ssh ended with ${exit.code}: ${said.trim()}`)
    return exit.at - begin
  } finally {
    closeSync(sink)
  }
}

async function toTarget(route: Route, source: string): Promise<number> {
  const from = openSync(source, 'r')
  const command = 'date +%s.%N; cat >/dev/null; date +%s.%N'
  try {
    const child = await route.start({ command, stdio: [from, 'pipe', 'pipe'] })
    const [said, errors, exit] = await Promise.all([textOf(child.stdout), textOf(child.stderr), exitOf(child)])
    const [begin, end] = stampsIn(said)
    if (exit.code !== 0 || begin === undefined || end === undefined)
      throw new Error(`${route.name}: ssh ended with ${exit.code}: ${errors.trim()}`)
    return end - begin
  } finally {
    closeSync(from)
  }
}

export async function measureThroughput(scene: Scene): Promise<Finding> {
  const { rounds } = scene.options.throughput
  const { gateway, source } = scene
  const bytes = statSync(source).size
  const samples: Sample[] = []
  for (let round = 0; round < rounds; round++)
    for (const direction of directions)
      for (const route of rotated(scene.routes, round)) {
        const used = route.name === 'gateway' ? await gateway.processorSeconds() : 0
        const ms = await (direction === 'toClient' ? toClient : toTarget)(route, source)
        const processorSeconds = route.name === 'gateway' ? (await gateway.processorSeconds()) - used : 0
        samples.push({ direction, route: route.name, bytesPerSecond: (bytes / ms) * 1000, processorSeconds })
        // Gone before the next run, whose time its pages would otherwise cost on their way to the disk.
        await gateway.clear()
        scene.say(`throughput ${round + 1}/${rounds}: ${direction} ${route.name}: ${rateText((bytes / ms) * 1000)}`)
      }
  const rateOf = (direction: Direction, route: RouteName): number =>
    median(samples.filter((s) => s.direction === direction && s.route === route).map((s) => s.bytesPerSecond))
  const row = (direction: Direction, what: string): Row => ({
    what: `throughput, ${what}, median of ${rounds}`,
    direct: rateOf(direction, 'direct'),
    doubleHop: rateOf(direction, 'doubleHop'),
    gateway: rateOf(direction, 'gateway'),
    better: 'more',
    unit: 'bytes a second',
  })
  const cost = median(samples.filter((s) => s.route === 'gateway').map((s) => (s.processorSeconds / bytes) * 1e9))
  return {
    rows: [row('toClient', 'target to client'), row('toTarget', 'client to target')],
    notes: [
      `throughput: ${sizeText(bytes)} of random bytes a run, runs interleaved, recording on, login not counted; the gateway used ${cost.toFixed(2)} s of processor time a gigabyte`,
    ],
    faults: [],
    samples: { line: 'throughput', samples },
  }
}
