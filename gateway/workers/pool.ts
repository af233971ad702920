// The worker processes of this gateway: each connection goes to the one that carries the fewest. One that dies, grows too
// large, says nothing any more, or does what none of ours does, is replaced; what it carried ends, and nothing else.

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Arrival, TakeConnection, TakenConnection } from '../brokers/ssh/ssh-service.ts'
import type { Clock } from '../clock.ts'
import type { Carriers, WorkerView } from '../dependencies/carriers.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { folderState } from '../../recorder/index.ts'
import { leaveLiveFolder, makeLiveFolder } from '../evidence/live-folders.ts'
import { openDesk, type Desk, type DeskDeps } from './desk.ts'
import { residentBytes, tellPrinted } from './process.ts'
import { signOnce } from './signed-once.ts'
import type { WorkerSetup } from './wire.ts'

/** Why a worker is no more, in the words of the ledger. */
type Because = 'exit' | 'signal' | 'memory' | 'silent' | 'fault'

export interface WorkerPool {
  readonly take: TakeConnection
  /** Looks at every worker: is it alive, how large is it, does it know what its sessions may. */
  round(): Promise<void>
  /** Tells the workers what their sessions may now. */
  sweep(): Promise<void>
  workers(): readonly WorkerView[]
  /** How they all stand. */
  carriers(): Carriers
  /** Tells the workers what time it is; each answers that it is alive. */
  tellTime(): void
  /** Closes every connection and ends the workers. */
  stop(): Promise<void>
}

export interface PoolDeps extends Omit<DeskDeps, 'child' | 'folder' | 'onFault' | 'onPong'> {
  readonly count: number
  readonly memoryMebibytes: number
  /** @param folder all that it may write. */
  readonly start: (folder: string) => ChildProcess
  readonly setup: Omit<WorkerSetup, 'number' | 'clock' | 'recordings'>
  readonly store: Store
  readonly clock: Clock
  /** Nanoseconds of the machine's monotonic clock. */
  readonly machine: () => bigint
  readonly log: Log
}

/** How long one may be asked and say nothing before it is taken for dead, ms. */
const silentMs = 15_000
/** The most that counts between two questions, ms: while the core stood still itself it asked nobody, and read no answer. */
const betweenAsksMs = 1_000
/** How long those that stop have for it, ms. */
const stopMs = 5_000
/** How long one may take to start, ms: on a machine that has much else to do a gateway must still come up. */
const startMs = 120_000
/** One that dies so soon is started again later and later, ms. */
const soonMs = 10_000
const longestDelayMs = 30_000
/** Of the memory one may take: beyond it is ended where it stands. */
const farTooLarge = 1.5

interface Seat {
  readonly number: number
  readonly child: ChildProcess
  /** What it records stands there, until it is sealed. */
  readonly folder: string
  readonly desk: Desk
  readonly since: bigint
  /** For how long it has been asked without an answer, ms. */
  unheardMs: number
  /** Takes no more connections, and ends when it carries none. */
  isRetiring: boolean
  /** Why it is being ended; null where it dies by itself. */
  ending: { readonly because: Because; readonly detail: string | null } | null
  resident: number | null
  /** Resolves when its folder was removed, if nothing was left in it. */
  left: Promise<void>
}

interface Waiting {
  readonly socket: Socket
  readonly arrival: Arrival
  taken: TakenConnection | null
}

/** @throws where the workers do not start. */
export async function openPool(deps: PoolDeps): Promise<WorkerPool> {
  const { count, memoryMebibytes, setup, store, clock, log } = deps
  const hostKeys = signOnce(deps.hostKeys)
  const seats = new Set<Seat>()
  /** Those that are ready. */
  const ready = new Set<Seat>()
  /** Connections that came while none was. */
  const waiting = new Set<Waiting>()
  let last = 0
  let lastConnection = 0
  /** When the workers were asked last. */
  let askedAt = deps.machine()
  let deaths = 0
  let died: Pick<Carriers, 'died' | 'lastDiedAt'> = { died: 0, lastDiedAt: null }
  let isStopping = false
  /** Seats that are not there yet: their folders are being made. */
  let starting = 0
  /** Folders of workers that are gone, which may have held recordings until those were sealed. */
  const left = new Set<string>()

  const msSince = (then: bigint): number => Number((deps.machine() - then) / 1_000_000n)
  const reading = () => ({ now: clock.now(), monotonic: deps.machine() })

  /** @throws where the machine has no process to give, or what it needs is not there: it is tried again. */
  async function start(): Promise<Pick<Seat, 'child' | 'folder'>> {
    let folder: string | null = null
    starting++
    try {
      folder = await makeLiveFolder(deps.recordings)
      if (isStopping) throw new Error('the gateway stops')
      const child = deps.start(folder)
      if (child.pid !== undefined) return { child, folder }
      throw await new Promise<Error>((resolve) => child.once('error', resolve))
    } catch (error) {
      if (folder !== null) await leave(folder)
      setImmediate(() => replace(0))
      throw error
    } finally {
      starting--
    }
  }

  /** Removes the folder of a worker that is gone, now or when nothing is left in it. */
  async function leave(folder: string): Promise<void> {
    try {
      await leaveLiveFolder(folder)
      if (folderState(folder) === 'missing') left.delete(folder)
      else left.add(folder)
    } catch (err) {
      left.delete(folder)
      log.warn({ err, folder }, 'The folder of a worker could not be removed')
    }
  }

  /** Resolves when it serves. */
  async function seat(): Promise<void> {
    const { child, folder } = await start()
    const number = ++last
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const desk = openDesk({
      ...deps,
      hostKeys,
      child,
      folder,
      onFault: (why) => end(one, 'fault', why),
      onPong: () => (one.unheardMs = 0),
    })
    const now = deps.machine()
    const one: Seat = {
      number,
      child,
      folder,
      desk,
      since: now,
      unheardMs: 0,
      isRetiring: false,
      ending: null,
      resident: null,
      left: Promise.resolve(),
    }
    seats.add(one)
    tellPrinted(child, (printed) => log.warn({ worker: number, printed }, 'A worker printed'))
    const late = setTimeout(() => end(one, 'silent', 'it did not start in time'), startMs)
    child.once('exit', (code, signal) => {
      clearTimeout(late)
      reject(new Error(`worker ${number}: ended as it started`))
      gone(one, code, signal)
    })
    child.on('error', (err) => log.warn({ err, worker: number }, 'A worker could not be reached'))
    desk.worker
      .call('setup', { ...setup, number, recordings: folder, clock: reading() })
      .then(() => {
        clearTimeout(late)
        one.unheardMs = 0
        ready.add(one)
        log.info({ worker: number, pid: child.pid }, 'Worker ready')
        resolve()
        for (const each of waiting) {
          waiting.delete(each)
          each.taken = give(one, each.socket, each.arrival)
        }
      })
      .catch((error: unknown) => {
        end(one, 'fault', error instanceof Error ? error.message : String(error))
        reject(error instanceof Error ? error : new Error(String(error)))
      })
    return promise
  }

  function end(one: Seat, because: Because, detail: string | null): void {
    if (one.ending === null) log.error({ worker: one.number, because, detail }, 'Worker ended')
    one.ending ??= { because, detail }
    ready.delete(one)
    one.child.kill('SIGKILL')
  }

  function gone(one: Seat, code: number | null, signal: NodeJS.Signals | null): void {
    seats.delete(one)
    ready.delete(one)
    const { because, detail } =
      one.ending ??
      (signal === null ? { because: 'exit', detail: String(code) } : { because: 'signal', detail: signal })
    const left = one.desk.end(`worker ${one.number} is gone`)
    one.left = leave(one.folder)
    if (isStopping || (one.isRetiring && left.sessions === 0 && left.connections === 0)) return
    died = { died: died.died + 1, lastDiedAt: clock.now() }
    log.error({ worker: one.number, because, detail, ...left }, 'Worker died; its sessions end')
    store
      .change((tx) =>
        tx.ledger.append('gateway.worker_died', clock.now(), { worker: one.number, because, detail, ...left }),
      )
      .catch((err: unknown) => log.error({ err }, 'Death of a worker could not be kept as evidence'))
    replace(msSince(one.since))
  }

  const isComplete = (): boolean => [...seats].filter(({ isRetiring }) => !isRetiring).length + starting >= count

  /** @param livedMs how long the one before did. */
  function replace(livedMs: number): void {
    if (isStopping || isComplete()) return
    deaths = livedMs < soonMs ? deaths + 1 : 0
    const delay = deaths === 0 ? 0 : Math.min(longestDelayMs, 250 * 2 ** Math.min(deaths, 10))
    setTimeout(() => {
      if (isStopping || isComplete()) return
      seat().catch((err: unknown) => log.error({ err }, 'Worker did not start'))
    }, delay).unref()
  }

  function give(one: Seat, socket: Socket, arrival: Arrival): TakenConnection {
    const connection = ++lastConnection
    const { desk } = one
    desk.connections.add(connection, arrival, socket)
    desk.worker.tell('connection', { connection, source: arrival.source, ahead: arrival.ahead }, socket)
    return {
      drop(why) {
        desk.connections.open(connection)?.turnedAway(why)
        desk.worker.tell('drop', { connection, why })
      },
      close: () => desk.worker.tell('drop', { connection, why: null }),
    }
  }

  /** Until there is one that takes it. */
  function wait(socket: Socket, arrival: Arrival): TakenConnection {
    const one: Waiting = { socket, arrival, taken: null }
    waiting.add(one)
    socket.once('close', () => {
      if (waiting.delete(one)) arrival.left()
    })
    function leave(): void {
      if (!waiting.delete(one)) return
      socket.destroy()
      arrival.left()
    }
    return {
      drop(why) {
        if (one.taken) return one.taken.drop(why)
        arrival.turnedAway(why)
        leave()
      },
      close: () => (one.taken ? one.taken.close() : leave()),
    }
  }

  async function look(one: Seat): Promise<void> {
    const { pid } = one.child
    if (!ready.has(one) && !one.isRetiring) return
    if (one.unheardMs > silentMs) return end(one, 'silent', null)
    one.resident = pid === undefined ? null : await residentBytes(pid)
    const mebibytes = one.resident === null ? 0 : one.resident / (1 << 20)
    if (mebibytes > memoryMebibytes * farTooLarge) return end(one, 'memory', `${Math.round(mebibytes)} MiB`)
    // As many again at most carry what they have: were there more, the machine would not hold them.
    const retiring = [...seats].filter(({ isRetiring }) => isRetiring).length
    if (mebibytes > memoryMebibytes && !one.isRetiring && retiring < count) {
      log.warn(
        { worker: one.number, mebibytes: Math.round(mebibytes) },
        'Worker is large; it takes no more connections',
      )
      one.isRetiring = true
      ready.delete(one)
      replace(msSince(one.since))
    }
    if (one.isRetiring && one.desk.connections.size === 0 && one.desk.sessions.size === 0) one.child.kill('SIGTERM')
  }

  const stateOf = (one: Seat): WorkerView['state'] =>
    one.isRetiring ? 'retiring' : ready.has(one) ? 'serving' : 'starting'

  function workers(): readonly WorkerView[] {
    return [...seats].map((one) => ({
      number: one.number,
      pid: one.child.pid ?? 0,
      state: stateOf(one),
      connections: one.desk.connections.size,
      sessions: one.desk.sessions.size,
      residentMebibytes: one.resident === null ? null : Math.round(one.resident / (1 << 20)),
    }))
  }

  async function stop(): Promise<void> {
    isStopping = true
    await Promise.all(
      [...seats].map(async (one) => {
        const { child, desk } = one
        if (child.exitCode !== null || child.signalCode !== null) return
        const ended = once(child, 'exit')
        desk.worker.tell('stop', null)
        const late = setTimeout(() => child.kill('SIGKILL'), stopMs)
        await ended
        clearTimeout(late)
        await one.left
      }),
    )
  }

  try {
    await Promise.all(Array.from({ length: count }, seat))
  } catch (error) {
    isStopping = true
    await Promise.all(
      [...seats].map(async ({ child }) => {
        const ended = once(child, 'exit')
        if (child.kill('SIGKILL')) await ended
      }),
    )
    throw error
  }

  return {
    take(socket, arrival) {
      const [first, ...others] = ready
      if (first === undefined) return wait(socket, arrival)
      const fewest = others.reduce(
        (least, one) => (one.desk.connections.size < least.desk.connections.size ? one : least),
        first,
      )
      return give(fewest, socket, arrival)
    },
    async round() {
      for (const one of seats) await look(one)
      for (const folder of left) await leave(folder)
    },
    async sweep() {
      for (const { desk } of seats) await desk.sessions.sweep()
    },
    workers,
    carriers: () => ({ wanted: count, mostMebibytes: memoryMebibytes, workers: workers(), ...died }),
    tellTime() {
      const passed = Math.min(msSince(askedAt), betweenAsksMs)
      askedAt = deps.machine()
      for (const one of seats) {
        one.unheardMs += passed
        one.desk.worker.tell('ping', { clock: reading() })
      }
    },
    stop,
  }
}
