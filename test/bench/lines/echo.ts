// Keystroke echo: one byte typed into `ssh -tt`, and the time until it comes back from a program that repeats what it
// reads. A connection of each route stays open and they are asked in turn, so that what the machine does besides hits all alike.

import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { median, quantile, timeText } from '../figures.ts'
import { exitOf } from '../processes.ts'
import { rowOf, type Finding, type Row } from '../report.ts'
import { rotated, routeNames, type Route, type RouteName } from '../routes.ts'
import type { Scene } from '../scene.ts'

/** Between two keystrokes: enough for every buffer on the way to be empty again. */
const gapMs = 4

interface Line {
  readonly child: ChildProcess
  /** Types one byte; resolves with the milliseconds until it came back. */
  type(key: number): Promise<number>
  leave(): Promise<void>
}

async function openLine(route: Route): Promise<Line> {
  // Raw and without the terminal's own echo: the byte goes to the program and the program sends it back.
  const child = await route.start({
    command: 'stty raw -echo; printf ready; exec cat',
    stdio: ['pipe', 'pipe', 'inherit'],
    terminal: true,
  })
  const exit = exitOf(child)
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error('expected pipes')
  let seen = Buffer.alloc(0)
  let wake: () => void = () => undefined
  stdout.on('data', (part: Buffer) => {
    seen = Buffer.concat([seen, part])
    wake()
  })
  const ended = exit.then(({ code }) => Promise.reject(new Error(`${route.name}: ssh ended with ${code}`)))
  // Leaving ends it too, when nobody waits any more.
  ended.catch(() => undefined)
  async function until(done: () => boolean): Promise<void> {
    while (!done()) await Promise.race([new Promise<void>((resolve) => (wake = resolve)), ended])
  }
  await until(() => seen.includes('ready'))
  return {
    child,
    async type(key) {
      seen = Buffer.alloc(0)
      const begin = performance.now()
      stdin.write(Buffer.of(key))
      await until(() => seen.length > 0)
      const ms = performance.now() - begin
      if (seen.length !== 1 || seen[0] !== key) throw new Error(`${route.name}: another byte came back than was typed`)
      return ms
    },
    async leave() {
      child.kill('SIGTERM')
      await exit
    },
  }
}

/** Another session that moves bulk data to its client until it is ended. */
async function openLoad(route: Route, source: string): Promise<() => Promise<void>> {
  const command = `while cat ${source}; do :; done`
  const child = await route.start({ command, stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = exitOf(child)
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve())
    exit.then(({ code }) => reject(new Error(`${route.name}: ssh ended with ${code}`)), reject)
  })
  child.stdout?.resume()
  return async () => {
    child.kill('SIGTERM')
    await exit
  }
}

type Samples = Readonly<Record<RouteName, number[]>>
const noSamples = (): Samples => ({ direct: [], jump: [], doubleHop: [], gateway: [] })

/** Types one key after the other into a line; those before `warmUp` are not kept. */
async function typeInto(line: Line, count: number, warmUp: number, kept: number[]): Promise<void> {
  for (let at = 0; at < count + warmUp; at++) {
    const ms = await line.type(0x61 + (at % 26))
    if (at >= warmUp) kept.push(ms)
    await sleep(gapMs)
  }
}

/** All lines are asked in turn. */
async function whileIdle(lines: ReadonlyMap<RouteName, Line>, count: number): Promise<Samples> {
  const samples = noSamples()
  const warmUp = Math.ceil(count / 10)
  for (let round = 0; round < count + warmUp; round++)
    for (let at = 0; at < routeNames.length; at++) {
      const name = routeNames[(round + at) % routeNames.length] ?? 'direct'
      const line = lines.get(name)
      if (line) await typeInto(line, 1, 0, round >= warmUp ? samples[name] : [])
    }
  return samples
}

/** In so many blocks each line is asked while bulk data goes the same way; the routes in turn, or they would meet. */
const blocks = 5

async function underLoad(scene: Scene, lines: ReadonlyMap<RouteName, Line>, count: number): Promise<Samples> {
  const samples = noSamples()
  for (let block = 0; block < blocks; block++)
    for (const route of rotated(scene.routes, block)) {
      const line = lines.get(route.name)
      if (!line) continue
      const end = await openLoad(route, scene.source)
      await typeInto(line, Math.ceil(count / blocks), 10, samples[route.name])
      await end()
    }
  return samples
}

/** Rows of one kind of keystrokes: as they were, and what each route adds to the direct connection. */
function rowsOf(what: string, samples: Samples): Row[] {
  const row = (name: string, share: number): Row =>
    rowOf(`${what}, ${name} of ${samples.gateway.length}`, 'milliseconds', 'less', (route) =>
      quantile(samples[route], share),
    )
  const added = (name: string, share: number): Row =>
    rowOf(`${what} added, ${name}`, 'milliseconds', 'less', (route) =>
      route === 'direct' ? null : quantile(samples[route], share) - quantile(samples.direct, share),
    )
  const shares = [
    ['median', 0.5],
    ['99th percentile', 0.99],
  ] as const
  return [...shares.map(([name, share]) => row(name, share)), ...shares.map(([name, share]) => added(name, share))]
}

export async function measureEcho(scene: Scene): Promise<Finding> {
  const plan = scene.options.echo
  const lines = new Map<RouteName, Line>()
  for (const route of rotated(scene.routes, 0)) lines.set(route.name, await openLine(route))
  const idle = await whileIdle(lines, plan.samples)
  scene.say(`echo ${plan.samples} keystrokes: gateway ${timeText(median(idle.gateway))}`)
  const busy = await underLoad(scene, lines, plan.underLoad)
  scene.say(`echo ${plan.underLoad} keystrokes beside bulk data: gateway ${timeText(median(busy.gateway))}`)
  for (const line of lines.values()) await line.leave()
  await scene.gateway.clear()
  return {
    rows: [...rowsOf('keystroke echo', idle), ...rowsOf('keystroke echo beside bulk data', busy)],
    notes: [
      'keystroke echo: one byte at a time through a terminal of the target and back; added is the difference to the direct connection of the same run',
      'beside bulk data: another session takes the same route and moves as much to its client as it can; of the direct connection too, so that what is added is the route’s',
    ],
    faults: [],
    samples: { line: 'echo', idle, busy },
  }
}
