// Connection set-up time: from starting `ssh` to the first byte of the target's answer. Both sides log in with a key; the
// gateway also asks for the authenticator's code, decides by policy, opens a recording and logs in to the target.

import { median, quantile, timeText } from '../figures.ts'
import { exitOf, textOf, wallNow } from '../processes.ts'
import type { Finding } from '../report.ts'
import { rotated, type Route, type RouteName } from '../routes.ts'
import type { Scene } from '../scene.ts'

interface Sample {
  readonly route: RouteName
  readonly ms: number
}

async function timeOf(route: Route): Promise<number> {
  const begin = wallNow()
  const child = await route.start({ command: 'echo here', stdio: ['ignore', 'pipe', 'pipe'] })
  let first: number | null = null
  child.stdout?.once('data', () => (first = wallNow()))
  const [errors, exit] = await Promise.all([textOf(child.stderr), exitOf(child)])
  if (exit.code !== 0 || first === null) throw new Error(`${route.name}: ssh ended with ${exit.code}: ${errors.trim()}`)
  return first - begin
}

export async function measureSetup(scene: Scene): Promise<Finding> {
  const { rounds } = scene.options.setup
  const samples: Sample[] = []
  // One of each beforehand, not counted: programs come into memory, and the gateway's code is compiled.
  for (const route of rotated(scene.routes, 0)) await timeOf(route)
  for (let round = 0; round < rounds; round++)
    for (const route of rotated(scene.routes, round)) samples.push({ route: route.name, ms: await timeOf(route) })
  await scene.gateway.clear()
  const of = (route: RouteName): number[] => samples.filter((sample) => sample.route === route).map(({ ms }) => ms)
  scene.say(`set-up ${rounds}/${rounds}: gateway ${timeText(median(of('gateway')))}`)
  const row = (what: string, statistic: (values: readonly number[]) => number) => ({
    what: `connection set-up, ${what} of ${rounds}`,
    direct: statistic(of('direct')),
    doubleHop: statistic(of('doubleHop')),
    gateway: statistic(of('gateway')),
    better: 'less' as const,
    unit: 'milliseconds' as const,
  })
  return {
    rows: [row('median', median), row('90th percentile', (values) => quantile(values, 0.9))],
    notes: [
      'connection set-up: key login everywhere; the gateway also checks a TOTP code by keyboard-interactive (given by an askpass program, whose start is counted; the gateway’s clock is moved so that each login has a fresh code), decides, writes its evidence to disk and opens the recording',
    ],
    faults: [],
    samples: { line: 'setup', samples },
  }
}
