// Memory of an idle session: how much the gateway grows by a hundred open terminals, and what the double hop's processes
// between client and target (sshd and ssh) take for as many.

import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { sizeText } from '../figures.ts'
import { descendantsOf, exitOf, memoryOf, type Memory } from '../processes.ts'
import type { Finding } from '../report.ts'
import type { Route } from '../routes.ts'
import type { Scene } from '../scene.ts'

/** Until what opening left behind has settled. */
const settleMs = 3_000

async function openIdle(route: Route): Promise<ChildProcess> {
  const child = await route.start({
    command: 'echo ready; exec cat',
    stdio: ['pipe', 'pipe', 'inherit'],
    terminal: true,
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve())
    child.once('exit', (code) => reject(new Error(`${route.name}: ssh ended with ${code}`)))
  })
  return child
}

async function withIdle<T>(route: Route, count: number, look: () => T | Promise<T>): Promise<T> {
  const children: ChildProcess[] = []
  for (let at = 0; at < count; at++) children.push(await openIdle(route))
  await sleep(settleMs)
  const seen = await look()
  const exits = children.map(exitOf)
  for (const child of children) child.kill('SIGTERM')
  await Promise.all(exits)
  return seen
}

function sumOf(pids: readonly number[]): Memory {
  return pids
    .map(memoryOf)
    .reduce((sum, one) => ({ rss: sum.rss + one.rss, pss: sum.pss + one.pss }), { rss: 0, pss: 0 })
}

export async function measureIdleMemory(scene: Scene): Promise<Finding> {
  const { sessions } = scene.options.memory
  const { gateway, openssh, routes } = scene
  // A few beforehand, so that what the first sessions bring into memory once is not counted to all of them.
  await withIdle(routes.gateway, 3, () => undefined)
  await gateway.clear()
  const look = async (): Promise<Memory & { live: number }> => {
    // Garbage of the logins is not what an idle session holds; without this it may hide it, or be taken for it.
    const live = await gateway.collect()
    return { live, ...memoryOf(gateway.pid) }
  }
  const before = await look()
  const open = await withIdle(routes.gateway, sessions, look)
  await gateway.clear()
  scene.say(`memory: gateway ${sizeText(before.rss)} before, ${sizeText(open.rss)} with ${sessions} sessions`)
  const hop = await withIdle(routes.doubleHop, sessions, () => {
    const between = descendantsOf(openssh.hop.pid)
    return { processes: between.length, memory: sumOf(between) }
  })
  scene.say(`memory: double hop ${sizeText(hop.memory.rss)} in ${hop.processes} processes`)
  const row = (what: string, field: keyof Memory) => ({
    what: `memory an idle session, ${what}, of ${sessions}`,
    direct: null,
    doubleHop: hop.memory[field] / sessions,
    gateway: (open[field] - before[field]) / sessions,
    better: 'less' as const,
    unit: 'bytes' as const,
  })
  return {
    rows: [
      row('RSS', 'rss'),
      row('PSS', 'pss'),
      {
        what: `memory an idle session, in use, of ${sessions}`,
        direct: null,
        doubleHop: null,
        gateway: (open.live - before.live) / sessions,
        better: 'less',
        unit: 'bytes',
      },
    ],
    notes: [
      `memory: terminals with nothing going on; the gateway's process was ${sizeText(before.rss)} before and ${sizeText(open.rss)} with ${sessions} sessions; the double hop ran ${hop.processes} processes; RSS counts shared pages in every process, PSS divides them; in use is what the gateway’s JavaScript holds once all garbage is collected, which is done before each look`,
    ],
    faults: [],
    samples: { line: 'memory', before, open, hop },
  }
}
