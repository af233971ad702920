// Connection set-up: from starting `ssh` to the first byte of the target's answer, one after the other, and how many a
// second where several come at a time. The gateway also decides by policy, opens a recording and logs in to the target.

import { median, perSecondText, quantile, timeText } from '../figures.ts'
import { exitOf, textOf, wallNow } from '../processes.ts'
import { rowOf, type Finding } from '../report.ts'
import { rotated, type Route, type RouteName } from '../routes.ts'
import type { Scene } from '../scene.ts'

/** The routes take turns in so many blocks of set-ups at a time. */
const blocks = 4

interface Sample {
  readonly route: RouteName
  readonly ms: number
}

async function timeOf(route: Route, withCode: boolean): Promise<number> {
  const begin = wallNow()
  const child = await route.start({ command: 'echo here', stdio: ['ignore', 'pipe', 'pipe'], withCode })
  let first: number | null = null
  child.stdout?.once('data', () => (first = wallNow()))
  const [errors, exit] = await Promise.all([textOf(child.stderr), exitOf(child)])
  if (exit.code !== 0 || first === null) throw new Error(`${route.name}: ssh ended with ${exit.code}: ${errors.trim()}`)
  return first - begin
}

/** Milliseconds that so many set-ups take, with some of them on the way at a time. */
async function spanOf(route: Route, rated: number, atATime: number): Promise<number> {
  let left = rated
  const begin = performance.now()
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      while (left-- > 0) await timeOf(route, false)
    }),
  )
  return performance.now() - begin
}

export async function measureSetup(scene: Scene): Promise<Finding> {
  const { rounds, rated, atATime } = scene.options.setup
  const samples: Sample[] = []
  // One of each beforehand, not counted: programs come into memory, and the gateway's code is compiled.
  for (const route of rotated(scene.routes, 0)) await timeOf(route, true)
  for (let round = 0; round < rounds; round++)
    for (const route of rotated(scene.routes, round)) samples.push({ route: route.name, ms: await timeOf(route, true) })
  await scene.gateway.clear()
  const of = (route: RouteName): number[] => samples.filter((sample) => sample.route === route).map(({ ms }) => ms)
  scene.say(`set-up ${rounds}/${rounds}: gateway ${timeText(median(of('gateway')))}`)
  const spans: Record<RouteName, number> = { direct: 0, jump: 0, doubleHop: 0, gateway: 0 }
  for (let block = 0; block < blocks; block++)
    for (const route of rotated(scene.routes, block)) {
      spans[route.name] += await spanOf(route, rated / blocks, atATime)
      await scene.gateway.clear()
    }
  const rateOf = (route: RouteName): number => (rated / spans[route]) * 1000
  scene.say(`set-ups a second, ${atATime} at a time: gateway ${perSecondText(rateOf('gateway'))}`)
  const row = (what: string, statistic: (values: readonly number[]) => number) =>
    rowOf(`connection set-up, ${what} of ${rounds}`, 'milliseconds', 'less', (route) => statistic(of(route)))
  return {
    rows: [
      row('median', median),
      row('90th percentile', (values) => quantile(values, 0.9)),
      rowOf(`connection set-ups, ${atATime} at a time`, 'a second', 'more', rateOf),
    ],
    notes: [
      'connection set-up: key login everywhere; the gateway also checks a TOTP code by keyboard-interactive (given by an askpass program, whose start is counted; the gateway’s clock is moved so that each login has a fresh code), decides, writes its evidence to disk and opens the recording; several at a time come with a certificate instead of key and code',
    ],
    faults: [],
    samples: { line: 'setup', samples, spans },
  }
}
