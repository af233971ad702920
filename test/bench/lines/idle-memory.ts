// Memory of an idle session: how much the gateway's processes grow by a hundred and by a thousand open terminals, and
// what the double hop's processes between client and target (sshd and ssh) take for a hundred. Every session is an OpenSSH
// client of its own, and has an sshd at the target, as in a plant.

import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { sizeText } from '../figures.ts'
import { descendantsOf, memoryOfAll, memoryOfTree, type Memory } from '../process-trees.ts'
import { exitOf } from '../processes.ts'
import { rowOf, type Finding } from '../report.ts'
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

/** Sessions that are opened one after the other by each of so many hands. */
interface Idle {
  /** Opens more until there are so many, and waits until what opening left behind has settled. */
  grow(count: number): Promise<void>
  leave(): Promise<void>
}

/** Logins on the way at a time: more would only wait for the processors. */
const hands = 8

function openIdleSessions(route: Route): Idle {
  const children: ChildProcess[] = []
  return {
    async grow(count) {
      let left = count - children.length
      await Promise.all(
        Array.from({ length: hands }, async () => {
          while (left-- > 0) children.push(await openIdle(route))
        }),
      )
      await sleep(settleMs)
    },
    async leave() {
      const exits = children.map(exitOf)
      for (const child of children) child.kill('SIGTERM')
      await Promise.all(exits)
    },
  }
}

interface Look extends Memory {
  /** Bytes the gateway's main process uses once its garbage is collected. */
  readonly live: number
}

export async function measureIdleMemory(scene: Scene): Promise<Finding> {
  const counts = scene.options.memory.sessions
  const [hopped] = counts
  const { gateway, openssh, routes } = scene
  // A few beforehand, so that what the first sessions bring into memory once is not counted to all of them.
  const first = openIdleSessions(routes.gateway)
  await first.grow(hands)
  await first.leave()
  await gateway.clear()
  const look = async (): Promise<Look> => {
    // Garbage of the logins is not what an idle session holds; without this it may hide it, or be taken for it.
    const live = await gateway.collect()
    return { live, ...memoryOfTree(gateway.pid) }
  }
  const before = await look()
  const idle = openIdleSessions(routes.gateway)
  const looks: { readonly count: number; readonly open: Look }[] = []
  for (const count of counts) {
    await idle.grow(count)
    const open = await look()
    looks.push({ count, open })
    scene.say(`memory: gateway ${sizeText(before.rss)} before, ${sizeText(open.rss)} with ${count} sessions`)
  }
  await idle.leave()
  await gateway.clear()
  const hops = openIdleSessions(routes.doubleHop)
  await hops.grow(hopped)
  const between = descendantsOf(openssh.hop.pid)
  const hop = { processes: between.length, memory: memoryOfAll(between) }
  await hops.leave()
  scene.say(`memory: double hop ${sizeText(hop.memory.rss)} in ${hop.processes} processes`)
  const row = (what: string, field: keyof Memory, { count, open }: (typeof looks)[number]) =>
    rowOf(`memory an idle session (${what}), of ${count}`, 'bytes', 'less', (route) => {
      if (route === 'gateway') return (open[field] - before[field]) / count
      return route === 'doubleHop' && count === hopped ? hop.memory[field] / hopped : null
    })
  const told = looks.map(({ count, open }) => `${sizeText(open.rss)} with ${count} sessions`).join(' and ')
  return {
    rows: looks.flatMap((one) => [
      row('RSS', 'rss', one),
      row('PSS', 'pss', one),
      rowOf(`memory an idle session (in use by JavaScript), of ${one.count}`, 'bytes', 'less', (route) =>
        route === 'gateway' ? (one.open.live - before.live) / one.count : null,
      ),
    ]),
    notes: [
      `memory: terminals with nothing going on; the gateway's processes were ${sizeText(before.rss)} before and ${told}; the double hop ran ${hop.processes} processes for ${hopped} sessions, and was not asked for more: each of its sessions costs the same; RSS counts shared pages in every process, PSS divides them; in use is what the main process holds once all garbage is collected, which is done there before each look`,
    ],
    faults: [],
    samples: { line: 'memory', before, looks, hop },
  }
}
