// The workers of a gateway as a whole, with real processes in their place: who gets which connection, and what becomes of
// one that dies, says nothing, says nonsense, or grows.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, rmdir, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { hrtime } from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TakenConnection } from '../../../gateway/brokers/ssh/ssh-service.ts'
import { liveFoldersIn } from '../../../gateway/evidence/live-folders.ts'
import { RecordingPlaces } from '../../../gateway/evidence/recording-places.ts'
import { openAuthenticator } from '../../../gateway/identity/authenticate.ts'
import { openPool, type PoolDeps, type WorkerPool } from '../../../gateway/workers/pool.ts'
import { eventually } from '../../support/eventually.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'
import { arrivalAt, type TestArrival } from '../../support/test-arrival.ts'
import { isAlive } from '../../support/worker-processes.ts'

const program = fileURLToPath(new URL('pool-child.ts', import.meta.url))

type Behaviour = 'good' | 'exits' | 'refuses' | 'slow' | 'mute' | 'lies' | 'stubborn' | 'missing' | 'nowhere'

/** A client, the worker that greeted it, and what is said of its connection in the core. */
interface Guest {
  readonly client: Socket
  readonly arrival: TestArrival
  readonly taken: TakenConnection
  /** What it was shown so far. */
  shown(): string
}

describe('the pool of workers', () => {
  let scene: SessionScene
  let server: Server
  let pool: WorkerPool | null
  let children: ChildProcess[]
  let starts: number[]
  /** A file that lets a slow one go on. */
  let go: string
  /** The machine's monotonic clock is so much further. */
  let later: bigint

  beforeEach(async () => {
    scene = await openSessionScene()
    go = join(scene.recordings, 'go')
    server = createServer({ pauseOnConnect: true })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ;[pool, children, starts, later] = [null, [], [], 0n]
  })
  afterEach(async () => {
    await pool?.stop()
    for (const child of children) child.kill('SIGKILL')
    server.close()
    await scene.close()
  })

  /** Workers that behave so, in the order they are started; the last one goes for all that follow. */
  async function open(behaviours: readonly Behaviour[], over: Partial<PoolDeps> = {}): Promise<WorkerPool> {
    const { store, clock, registry, signer, identities, recordings, log } = scene
    pool = await openPool({
      count: 1,
      memoryMebibytes: 10_000,
      start() {
        const behaviour = behaviours[Math.min(starts.length, behaviours.length - 1)]
        starts.push(performance.now())
        if (behaviour === 'nowhere') throw new Error('there is no such folder')
        const command = behaviour === 'missing' ? '/nowhere/node' : process.execPath
        const stdio = ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'] as const
        const child = spawn(command, [program, String(behaviour), go], { serialization: 'advanced', stdio: [...stdio] })
        children.push(child)
        return child
      },
      setup: {
        hostKeys: [],
        banner: '',
        loginGraceMs: 1_000,
        maxChannels: 1,
        dialTimeoutMs: 1_000,
        keepaliveMs: 1_000,
        logLevel: 'silent',
        recipients: [],
        signer: { name: signer.name, vkey: signer.vkey },
      },
      hostKeys: { sign: () => null },
      contextFor: () => scene.admission(),
      authenticator: openAuthenticator({ ...scene, lockout: { threshold: 3, minutes: 5 } }),
      registry,
      signer,
      identities,
      recordings,
      places: new RecordingPlaces(recordings),
      store,
      clock,
      machine: () => hrtime.bigint() + later,
      log,
      onPace: () => undefined,
      ...over,
    })
    return pool
  }
  const passes = (ms: number): void => void (later += BigInt(ms) * 1_000_000n)
  const died = async () =>
    (await ledgerOf(scene.store)).filter(({ type }) => type === 'gateway.worker_died').map(({ data }) => data)
  const diedOnce = () => eventually('the death is evidence', async () => ((await died()).length > 0 ? died() : null))

  async function visit(ahead: string | null = null): Promise<Guest> {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const [socket] = (await once(server, 'connection')) as [Socket]
    const arrival = arrivalAt('192.0.2.7', ahead === null ? null : Buffer.from(ahead))
    let shown = ''
    client.on('data', (part) => (shown += part.toString()))
    client.on('error', () => client.destroy())
    if (pool === null) throw new Error('there is no pool')
    return { client, arrival, taken: pool.take(socket, arrival), shown: () => shown }
  }
  const greeted = (guest: Guest): Promise<number> =>
    eventually('a worker greets it', () => {
      const [, pid] = /^(\d+) .*\n/.exec(guest.shown()) ?? []
      return pid === undefined ? null : Number(pid)
    })
  const gone = ({ client }: Guest) => eventually('the connection is closed', () => client.closed)

  it('gives each connection to the worker that carries the fewest, with what was read of it', async () => {
    const { workers } = await open(['good'], { count: 3 })
    const guests = [await visit('SSH-2.0-x'), await visit(), await visit()]
    const pids = await Promise.all(guests.map(greeted))
    expect(new Set(pids).size).toBe(3)
    expect(guests[0]?.shown()).toBe(`${pids[0]} SSH-2.0-x\n`)
    expect(workers().map(({ connections }) => connections)).toEqual([1, 1, 1])
    guests[1]?.client.destroy()
    await eventually('its place is given back', () => guests[1]?.arrival.lefts === 1)
    expect(await greeted(await visit())).toBe(pids[1])
  })

  it('has a connection dropped or closed by the worker that carries it', async () => {
    await open(['good'])
    const [dropped, closed] = [await visit(), await visit()]
    await Promise.all([greeted(dropped), greeted(closed)])
    dropped.taken.drop('it took too long')
    closed.taken.close()
    await Promise.all([gone(dropped), gone(closed)])
    expect([dropped.shown(), closed.shown()].map((text) => text.split('\n')[1])).toEqual([
      'dropped it took too long',
      'dropped null',
    ])
    await eventually('their places are given back', () => dropped.arrival.lefts + closed.arrival.lefts === 2)
    expect([dropped.arrival.away, closed.arrival.away]).toEqual([['it took too long'], []])
  })

  it('ends what a worker carried when it is killed, tells the ledger, and starts another one', async () => {
    const { workers } = await open(['good'], { count: 2 })
    const [first, second] = [await visit(), await visit()]
    const [doomed] = await Promise.all([greeted(first), greeted(second)])
    passes(20_000)
    process.kill(doomed, 'SIGKILL')
    await gone(first)
    expect(await diedOnce()).toEqual([
      { worker: expect.any(Number), because: 'signal', detail: 'SIGKILL', sessions: 0, connections: 1 },
    ])
    await eventually('there are two again', () => workers().length === 2)
    expect([first.arrival.lefts, second.arrival.lefts, second.client.closed]).toEqual([1, 0, false])
    expect(await greeted(await visit())).not.toBe(doomed)
  })

  it('removes the folder of one that is gone, when what it recorded is in its place', async () => {
    const { round } = await open(['good'])
    const folders = () => liveFoldersIn(scene.recordings)
    const [folder = ''] = folders()
    const opening = join(folder, '.opening-ses_01234567890123456789012345')
    const recording = join(folder, 'ses_01234567890123456789012346')
    for (const path of [opening, recording]) await mkdir(path)
    children[0]?.kill('SIGKILL')
    await eventually('another one has its own', () => folders().length === 2)
    await eventually('what was being opened is gone', () => !existsSync(opening))
    await round()
    expect(folders()).toContain(folder)
    await rmdir(recording)
    await round()
    expect([folders().includes(folder), folders().length]).toEqual([false, 1])
  })

  it('keeps connections that come while there is no worker until there is one', async () => {
    const { workers } = await open(['good', 'slow'])
    const [before] = workers()
    passes(20_000)
    process.kill(before?.pid ?? 0, 'SIGKILL')
    await diedOnce()
    const guests = [await visit(), await visit(), await visit()]
    guests[1]?.taken.close()
    guests[2]?.taken.drop('it took too long')
    expect(guests.map(({ arrival }) => [arrival.lefts, arrival.away])).toEqual([
      [0, []],
      [1, []],
      [1, ['it took too long']],
    ])
    const [slow] = await eventually('another one starts', () => (workers().length === 1 ? workers() : null))
    await writeFile(go, '')
    expect(await greeted(guests[0] as Guest)).toBe(slow?.pid)
    guests[0]?.taken.drop('later')
    await gone(guests[0] as Guest)
    expect(guests[0]?.shown()).toContain('dropped later')
  })

  it('ends one that says nothing any more, and not one that does', async () => {
    let heard = 0
    const { workers, round, tellTime } = await open(['mute', 'good'], { count: 2, onPace: () => heard++ })
    const [mute, good] = workers()
    for (let asked = 1; asked <= 16; asked++) {
      passes(1_000)
      tellTime()
      await eventually('the other one is heard', () => heard === asked)
    }
    await round()
    expect(await diedOnce()).toMatchObject([{ worker: mute?.number, because: 'silent', detail: null }])
    expect(await isAlive(good?.pid ?? 0)).toBe(true)
  })

  it('ends none for what it was not asked, while the core stood still itself', async () => {
    let heard = 0
    const { workers, round, tellTime } = await open(['good'], { onPace: () => heard++ })
    tellTime()
    await eventually('it is heard', () => heard === 1)
    passes(60_000)
    await round()
    // Asked at last, and its answer is on the way.
    tellTime()
    await round()
    await eventually('it is heard', () => heard === 2)
    expect(workers()).toMatchObject([{ state: 'serving' }])
    expect(await isAlive(workers()[0]?.pid ?? 0)).toBe(true)
  })

  it('ends one that says what none of ours does', async () => {
    const { workers, tellTime } = await open(['lies', 'good'])
    const [liar] = workers()
    passes(20_000)
    tellTime()
    expect(await diedOnce()).toMatchObject([
      { worker: liar?.number, because: 'fault', detail: expect.stringContaining('left') },
    ])
    await eventually('there is another one', () => workers().some(({ pid }) => pid !== liar?.pid))
  })

  it('lets one that has grown carry what it has, and no more; and ends one that is far too large', async () => {
    const first = await open(['good'])
    await greeted(await visit())
    await first.round()
    const usual = first.workers()[0]?.residentMebibytes ?? 0
    await first.stop()
    const { workers, round } = await open(['good'], { memoryMebibytes: usual / 1.2 })
    const guest = await visit()
    const large = await greeted(guest)
    passes(11_000)
    await round()
    const other = await eventually('there is another one', () => workers().find(({ pid }) => pid !== large) ?? null)
    expect(await died()).toEqual([])
    expect(guest.client.closed).toBe(false)
    await eventually('the other one serves', async () => (await greeted(await visit())) === other.pid)
    guest.client.destroy()
    await eventually('it ends when it carries nobody', async () => {
      await round()
      return !(await isAlive(large))
    })
    // That is no death.
    expect(await died()).toEqual([])
    await pool?.stop()

    const small = await open(['good'], { memoryMebibytes: usual / 2 })
    const [far] = small.workers()
    passes(11_000)
    await small.round()
    expect(await diedOnce()).toMatchObject([{ worker: far?.number, because: 'memory' }])
  }, 60_000)

  it('says how each of them stands, and how many died', async () => {
    const { carriers, workers, round } = await open(['good'], { count: 2 })
    await greeted(await visit())
    await round()
    const before = carriers()
    expect(before).toMatchObject({ wanted: 2, died: 0, lastDiedAt: null })
    expect(before.workers.map(({ state }) => state)).toEqual(['serving', 'serving'])
    // Whichever was ready first carries it.
    expect(before.workers.map(({ connections }) => connections).toSorted((a, b) => a - b)).toEqual([0, 1])
    expect(before.workers.every(({ residentMebibytes }) => (residentMebibytes ?? 0) > 0)).toBe(true)
    process.kill(workers()[0]?.pid ?? 0, 'SIGKILL')
    await eventually('it is counted', () => carriers().died === 1)
    expect(carriers().lastDiedAt).toBe(scene.clock.now())
    await eventually('there are two again', () => workers().filter(({ state }) => state === 'serving').length === 2)
  })

  it('starts one that dies soon again later and later', async () => {
    const { workers } = await open(['good', 'exits', 'exits', 'good'])
    process.kill(workers()[0]?.pid ?? 0, 'SIGKILL')
    await eventually('there is one that stays', () => starts.length === 4, 30_000)
    const gaps = starts.slice(1).map((at, i) => at - (starts[i] ?? 0))
    // Timers may fire a millisecond early.
    const [, second = 0, third = 0] = gaps
    expect([second >= 990, third >= 1_990]).toEqual([true, true])
    expect((await died()).map((data) => Reflect.get(data, 'because'))).toEqual(['signal', 'exit', 'exit'])
  }, 60_000)

  it.each(['missing', 'nowhere'] as const)('tries again where one cannot be started at all: %s', async (how) => {
    const { workers } = await open(['good', how, 'good'])
    const [before] = workers()
    passes(20_000)
    process.kill(before?.pid ?? 0, 'SIGKILL')
    await diedOnce()
    const guest = await visit()
    expect(await greeted(guest)).not.toBe(before?.pid)
    expect(starts).toHaveLength(3)
  })

  it.each(['exits', 'refuses', 'missing', 'nowhere'] as const)(
    'does not open where one does not start, and leaves none behind: %s',
    async (how) => {
      await expect(open(['good', how], { count: 2 })).rejects.toThrow(/./)
      for (const { pid } of children)
        if (pid !== undefined) await eventually('it has ended', async () => !(await isAlive(pid)))
      expect(starts).toHaveLength(2)
    },
  )

  it('stops: every worker has ended, also one that will not, and none is started in its place', async () => {
    const { stop } = await open(['good', 'stubborn'], { count: 2 })
    const guest = await visit()
    await greeted(guest)
    await stop()
    for (const { pid } of children) expect(await isAlive(pid ?? 0)).toBe(false)
    expect([starts.length, await died()]).toEqual([2, []])
    expect(guest.arrival.lefts).toBe(1)
  })
})
