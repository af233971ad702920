// Keystroke echo: one byte typed into `ssh -tt`, and the time until it comes back from a program that repeats what it
// reads. Three connections stay open and are asked in turn, so that what the machine does besides hits all alike.

import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { median, quantile, timeText } from '../figures.ts'
import { exitOf } from '../processes.ts'
import type { Finding } from '../report.ts'
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

export async function measureEcho(scene: Scene): Promise<Finding> {
  const { samples: count } = scene.options.echo
  const samples: Record<RouteName, number[]> = { direct: [], doubleHop: [], gateway: [] }
  const lines = new Map<RouteName, Line>()
  for (const route of rotated(scene.routes, 0)) lines.set(route.name, await openLine(route))
  const warmUp = Math.ceil(count / 10)
  for (let round = 0; round < count + warmUp; round++)
    for (let at = 0; at < routeNames.length; at++) {
      const name = routeNames[(round + at) % routeNames.length] ?? 'direct'
      const ms = await lines.get(name)?.type(0x61 + (round % 26))
      if (ms !== undefined && round >= warmUp) samples[name].push(ms)
      await sleep(gapMs)
    }
  for (const line of lines.values()) await line.leave()
  await scene.gateway.clear()
  const added = (route: RouteName, share: number): number =>
    quantile(samples[route], share) - quantile(samples.direct, share)
  scene.say(`echo ${count} keystrokes: gateway ${timeText(median(samples.gateway))}`)
  const row = (what: string, share: number) => ({
    what: `keystroke echo, ${what} of ${count}`,
    direct: quantile(samples.direct, share),
    doubleHop: quantile(samples.doubleHop, share),
    gateway: quantile(samples.gateway, share),
    better: 'less' as const,
    unit: 'milliseconds' as const,
  })
  const addedRow = (what: string, share: number) => ({
    what: `keystroke echo added, ${what}`,
    direct: null,
    doubleHop: added('doubleHop', share),
    gateway: added('gateway', share),
    better: 'less' as const,
    unit: 'milliseconds' as const,
  })
  return {
    rows: [
      row('median', 0.5),
      row('99th percentile', 0.99),
      addedRow('median', 0.5),
      addedRow('99th percentile', 0.99),
    ],
    notes: [
      'keystroke echo: one byte at a time through a terminal of the target and back; added is the difference to the direct connection of the same run',
    ],
    faults: [],
    samples: { line: 'echo', samples },
  }
}
