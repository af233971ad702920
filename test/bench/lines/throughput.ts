// Bulk throughput, both directions, by one session and by several at a time, and the processor time of what stands
// between. All log in first and then wait for a file to appear, so that logging in is neither timed nor counted; `date`
// on the target shows the same clock, because everything is on one machine.

import { closeSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { median, rateText, sizeText } from '../figures.ts'
import { exitOf, textOf } from '../processes.ts'
import { rowOf, type Finding } from '../report.ts'
import { rotated, type Route, type RouteName } from '../routes.ts'
import { sourceSlack, type Scene } from '../scene.ts'

const directions = { toClient: 'target to client', toTarget: 'client to target' } as const
type Direction = keyof typeof directions
const directionNames = ['toClient', 'toTarget'] as const

interface Sample {
  readonly direction: Direction
  readonly route: RouteName
  readonly streams: number
  readonly bytesPerSecond: number
  /** Processor time for a gigabyte of what stands between client and target, in seconds. */
  readonly processorSeconds: number
}

/** When bytes began and ended to flow, in milliseconds. */
interface Span {
  readonly begin: number
  readonly end: number
}

/** A session that is logged in and waits. */
interface Stream {
  readonly ready: Promise<void>
  readonly done: Promise<Span>
}

/** What `date +%s.%N` printed, line by line, in milliseconds. */
function stampsIn(text: string): number[] {
  return [...text.matchAll(/^(\d+\.\d+)$/gm)].map((match) => Number(match[1]) * 1000)
}

/** Opens one session that moves `bytes` once the file `gate` is there. */
async function openStream(
  route: Route,
  direction: Direction,
  { source, gate, bytes }: { readonly source: string; readonly gate: string; readonly bytes: number },
): Promise<Stream> {
  const waiting = `echo ready >&2; until [ -e ${gate} ]; do sleep 0.02; done; date +%s.%N >&2`
  const dd = `dd bs=128K iflag=count_bytes,fullblock count=${bytes} status=none`
  const moves = { toClient: `exec ${dd} if=${source}`, toTarget: `${dd} of=/dev/null; date +%s.%N >&2` }
  // What arrives is thrown away; what leaves is read by `ssh` itself, and no more of it than is asked for is counted.
  const [from, to] = [openSync(direction === 'toTarget' ? source : '/dev/null', 'r'), openSync('/dev/null', 'w')]
  const child = await route.start({ command: `${waiting}; ${moves[direction]}`, stdio: [from, to, 'pipe'] })
  closeSync(from)
  closeSync(to)
  const exit = exitOf(child)
  const said = textOf(child.stderr)
  const ready = new Promise<void>((resolve, reject) => {
    child.stderr?.once('data', () => resolve())
    exit.then(({ code }) => reject(new Error(`${route.name}: ssh ended with ${code}`)), reject)
  })
  const done = Promise.all([said, exit]).then(([text, { code, at }]) => {
    const [begin, end = at] = stampsIn(text)
    if (code !== 0 || begin === undefined) throw new Error(`${route.name}: ssh ended with ${code}: ${text.trim()}`)
    return { begin, end }
  })
  return { ready, done }
}

async function runOf(scene: Scene, route: Route, direction: Direction, streams: number): Promise<Sample> {
  const { source } = scene
  const bytes = Math.floor((statSync(source).size - sourceSlack) / streams)
  const gate = join(scene.scratch, 'gate')
  const opened = await Promise.all(
    Array.from({ length: streams }, () => openStream(route, direction, { source, gate, bytes })),
  )
  await Promise.all(opened.map(({ ready }) => ready))
  const used = route.processorSeconds()
  writeFileSync(gate, '')
  const spans = await Promise.all(opened.map(({ done }) => done))
  const processor = route.processorSeconds() - used
  rmSync(gate)
  const ms = Math.max(...spans.map(({ end }) => end)) - Math.min(...spans.map(({ begin }) => begin))
  return {
    direction,
    route: route.name,
    streams,
    bytesPerSecond: ((bytes * streams) / ms) * 1000,
    processorSeconds: (processor / (bytes * streams)) * 1e9,
  }
}

export async function measureThroughput(scene: Scene): Promise<Finding> {
  const { rounds, streams: counts } = scene.options.throughput
  const samples: Sample[] = []
  for (let round = 0; round < rounds; round++)
    for (const streams of counts)
      for (const direction of directionNames)
        for (const route of rotated(scene.routes, round)) {
          const sample = await runOf(scene, route, direction, streams)
          samples.push(sample)
          // Gone before the next run, whose time its pages would otherwise cost on their way to the disk.
          await scene.gateway.clear()
          const what = `${direction} ${route.name}, ${streams} at a time`
          scene.say(`throughput ${round + 1}/${rounds}: ${what}: ${rateText(sample.bytesPerSecond)}`)
        }
  const of = (streams: number, direction: Direction, route: RouteName, field: 'bytesPerSecond' | 'processorSeconds') =>
    median(
      samples
        .filter((one) => one.streams === streams && one.direction === direction && one.route === route)
        .map((one) => one[field]),
    )
  const each = counts.flatMap((streams) => directionNames.map((direction) => ({ streams, direction })))
  const text = (streams: number, direction: Direction): string =>
    `${directions[direction]}, ${streams} ${streams === 1 ? 'stream' : 'streams'}`
  return {
    rows: [
      ...each.map(({ streams, direction }) =>
        rowOf(`throughput, ${text(streams, direction)}`, 'bytes a second', 'more', (route) =>
          of(streams, direction, route, 'bytesPerSecond'),
        ),
      ),
      ...each.map(({ streams, direction }) =>
        rowOf(`processor time a gigabyte, ${text(streams, direction)}`, 'seconds', 'less', (route) =>
          route === 'direct' ? null : of(streams, direction, route, 'processorSeconds'),
        ),
      ),
    ],
    notes: [
      `throughput: ${sizeText(scene.options.throughput.bytes)} of random bytes a run in all, median of ${rounds}, runs interleaved, recording on, login not counted`,
      'processor time: of all processes between client and target, the gateway’s with all it started, and sshd and ssh of the hop; a host that is jumped over reads nothing, and the client encrypts twice instead, which is not counted; OpenSSH takes several times as much for the first tens of megabytes of a stream as for those after them, which shows where few bytes are shared by many streams',
    ],
    faults: [],
    samples: { line: 'throughput', samples },
  }
}
