// A gateway whose SSH sessions are carried by worker processes: what one of them can do, what its end does, and what it
// does not know.

import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'

import { prepareSsh } from '../../gateway/demo/ssh-client.ts'
import { vaultKeyFile } from '../../gateway/keys.ts'
import { parseTrust, unwrapSessionKey, verifyRecording } from '../../recorder/index.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { partPath } from '../support/parts.ts'
import { readRecorded, recordingOf } from '../support/recorded.ts'
import { openSsh, runSsh, shareConnection, type SshRun } from '../support/ssh-session.ts'
import { foundInMemory, isAlive, workerOf, workersOf } from '../support/worker-processes.ts'

const rules = `
rules:
  - id: waits
    text: a person lets it go
    paths: ['/**/waits/**']
    allow: [list, write]
    upload: release
    withoutVerdict: pass
    releasedBy: [approver]
    largestMegabytes: 100
`
const MiB = 1 << 20
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const isBeginningOf = (part: Buffer, whole: Buffer): boolean => whole.subarray(0, part.length).equals(part)

describeWith(['ssh', 'sftp', 'sshd', 'ssh-keygen'], 'a gateway with two workers', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({
      overrides: { 'ssh.workers': 2 },
      spoil: (place) => Promise.resolve({ ...place, endpoint: { features: ['terminal', 'command', 'sftp'] } }),
      files: { 'files.yaml': rules },
    })
    await stage.grant('ews-1', { transfer: { allow: ['list', 'write'], paths: ['/**'] } })
    for (const login of ['approver', 'auditor']) await stage.api(login)
  }, 120_000)
  afterAll(() => stage?.stop())

  const workers = () => workersOf(stage.gateway.pid)
  /** As many as were ever ready, by their process ids. */
  const ready = async (): Promise<readonly number[]> =>
    [...(await stage.log()).matchAll(/"pid":(\d+),"msg":"Worker ready"/g)].map(([, pid]) => Number(pid))
  const bothServe = () =>
    eventually('two workers serve', async () => {
      const [now, serving] = [await workers(), await ready()]
      return now.length === 2 && now.every((pid) => serving.includes(pid))
    })

  interface Carried {
    readonly run: SshRun
    readonly session: string
    readonly worker: number
  }

  /** A session that has shown `begun`, and who carries it. */
  async function open(command: string): Promise<Carried> {
    const known = (await stage.evidence({ types: ['session.started'] })).length
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { command: `echo begun; ${command}` })
    onTestFinished(() => void run.child.kill())
    await run.sees('begun\n')
    const started = (await stage.evidence({ types: ['session.started'] })).slice(known)
    expect(started).toHaveLength(1)
    const session = String(started[0]?.data['session'])
    return { run, session, worker: await workerOf(stage.gateway.pid, session) }
  }

  const sealed = (session: string) =>
    eventually('the recording is sealed', async () => {
      const found = await stage.evidence({ types: ['session.recording_sealed'], session })
      return found[0]?.data ?? null
    })

  it(
    'loses what one of them carried and nothing else when it is killed: sealed to the last byte that crossed',
    { timeout: 120_000 },
    async () => {
      await bothServe()
      const [first, second] = [randomBytes(12 * MiB), randomBytes(12 * MiB)]
      const [half, rest] = [join(stage.folder, 'half'), join(stage.folder, 'rest')]
      await Promise.all([writeFile(half, first), writeFile(rest, second)])
      const counting = 'i=0; while :; do i=$((i+1)); echo "line $i"; done'
      const received = join(stage.folder, 'received')
      const kept = join(stage.folder, 'kept')
      // Every other connection is the other worker's, which carries as many.
      const doomedDown = await open(counting)
      const goingDown = await open(`cat ${half}; read word; cat ${rest}`)
      const doomedUp = await open(`cat > ${received}`)
      const goingUp = await open(`cat > ${kept}; sha256sum < ${kept}`)
      expect([doomedDown.worker, goingDown.worker]).toEqual([doomedUp.worker, goingUp.worker])
      expect(doomedDown.worker).not.toBe(goingDown.worker)

      const feed = setInterval(() => doomedUp.run.write(`${'typed '.repeat(1_000)}\n`), 1)
      onTestFinished(() => clearInterval(feed))
      goingUp.run.write(first)
      await doomedDown.run.sees('line 2000\n')
      await eventually('the target has got something', async () => (await stat(received)).size > 100_000)
      process.kill(doomedDown.worker, 'SIGKILL')
      const ends = await Promise.all([doomedDown.run.ended, doomedUp.run.ended])
      clearInterval(feed)
      expect(ends.map(({ exit }) => exit)).toEqual([255, 255])

      // The other one's go on.
      goingDown.run.write('go on\n')
      goingDown.run.child.stdin?.end()
      goingUp.run.write(second)
      goingUp.run.child.stdin?.end()
      expect((await Promise.all([goingDown.run.ended, goingUp.run.ended])).map(({ exit }) => exit)).toEqual([0, 0])
      const whole = sha256(Buffer.concat([first, second]))
      expect(sha256(goingDown.run.stdout().subarray('begun\n'.length))).toBe(whole)
      expect(goingUp.run.stdout().toString()).toBe(`begun\n${whole}  -\n`)

      for (const { session } of [doomedDown, doomedUp]) {
        expect(await sealed(session)).toMatchObject({ status: 'interrupted', channels: 1 })
        const [ended] = await stage.evidence({ types: ['session.ended'], session })
        expect(ended?.data).toMatchObject({ reason: 'worker-died' })
      }
      for (const { session } of [goingDown, goingUp])
        expect(await sealed(session)).toMatchObject({ status: 'complete', channels: 1 })
      const died = await stage.evidence({ types: ['gateway.worker_died'] })
      expect(died.map(({ data }) => data)).toMatchObject([
        { because: 'signal', detail: 'SIGKILL', sessions: 2, connections: 2 },
      ])

      const recordedDown = await readRecorded(stage.stage, doomedDown.session)
      expect(isBeginningOf(doomedDown.run.stdout(), recordedDown.out)).toBe(true)
      const recordedUp = await readRecorded(stage.stage, doomedUp.session)
      expect(isBeginningOf(await readFile(received), recordedUp.in)).toBe(true)
      const trust = parseTrust(await (await stage.api('auditor')).ok('GET', '/evidence/trust'))
      if (trust.kind === 'malformed') throw new Error(trust.problems.join('; '))
      const identity = stage.stage.pki.contents['replay.agekey'].split('\n').find((line) => line.startsWith('AGE-'))
      for (const { session } of [doomedDown, doomedUp]) {
        const dir = recordingOf(stage.stage, session)
        const key = await unwrapSessionKey(dir, [identity ?? ''])
        const { recording, findings } = await verifyRecording(dir, { verifiers: trust.trust.verifiers, key })
        expect(findings.filter(({ holds }) => !holds)).toEqual([])
        expect(recording).toMatchObject({ holds: true, status: 'interrupted' })
      }

      await bothServe()
      const again = [await open('cat'), await open('cat')]
      expect(new Set(again.map(({ worker }) => worker)).size).toBe(2)
      expect(again.some(({ worker }) => worker === doomedDown.worker)).toBe(false)
      for (const { run } of again) run.child.stdin?.end()
      expect((await Promise.all(again.map(({ run }) => run.ended))).map(({ exit }) => exit)).toEqual([0, 0])
      await stage.quiet()
      await eventually('the target serves nobody', async () => (await stage.targets['ews-1']?.connections()) === 0)
    },
  )

  it('ends a session in a worker when the plant orders it, and the evidence says how long that took', async () => {
    const { run, session } = await open('cat')
    const approver = await stage.api('approver')
    await approver.ok('POST', `/sessions/${session}/kill`, { reason: 'wrong cabinet', insist: true })
    await run.ended
    expect(run.shown()).toContain('wrong cabinet')
    expect(await sealed(session)).toMatchObject({ status: 'complete' })
    const [kill] = await stage.evidence({ types: ['session.terminated_kill'], session })
    // A second is what it may take; a machine that is busy with other tests takes longer for everything.
    expect(Number(kill?.data['closedAt']) - Number(kill?.data['orderedAt'])).toBeLessThan(5_000)
  })

  it('has files wait in the core for a word of the plant: let go, refused, and given up', async () => {
    const [waits, here] = [join(stage.folder, 'waits'), join(stage.folder, 'here')]
    await Promise.all([mkdir(waits), mkdir(here)])
    const contents = new Map(['goes', 'stays', 'given-up'].map((name) => [name, randomBytes(3 * MiB)]))
    for (const [name, bytes] of contents) await writeFile(join(here, name), bytes)
    const login = await stage.sshLogin('vendor%ews-1')
    const { master, options } = await shareConnection(login)
    onTestFinished(() => void master.child.kill())
    const argv = (await prepareSsh(login)).argv.map((word) => (word === '-p' ? '-P' : word))
    function put(name: string) {
      const child = spawn(partPath('sftp'), ['-b', '-', ...options, ...argv], { cwd: here })
      for (const stream of [child.stdout, child.stderr]) stream.resume()
      child.stdin.end(`put ${name} ${waits}/${name}\n`)
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
      return { child, ended }
    }
    const approver = await stage.api('approver')
    type Waiting = { readonly items: readonly { readonly id: string; readonly path: string }[] }
    const waiting = (name: string) =>
      eventually(`${name} waits`, async () => {
        const { items } = await approver.ok<Waiting>('GET', '/files?waiting=true')
        return items.find(({ path }) => path.endsWith(`/${name}`))?.id ?? null
      })

    const goes = put('goes')
    const released = await waiting('goes')
    expect(await readdir(waits)).not.toContain('goes')
    await approver.ok('POST', `/files/${released}/release`, { reason: 'known' })
    expect(await goes.ended).toBe(0)
    expect(sha256(await readFile(join(waits, 'goes')))).toBe(sha256(contents.get('goes') ?? Buffer.alloc(0)))

    const stays = put('stays')
    await approver.ok('POST', `/files/${await waiting('stays')}/refuse`, { reason: 'not this one' })
    expect(await stays.ended).not.toBe(0)

    const givenUp = put('given-up')
    await waiting('given-up')
    givenUp.child.kill()
    await givenUp.ended
    master.child.kill()
    await master.ended
    await stage.quiet()
    expect(await readdir(waits)).toEqual(['goes'])
    expect(await stage.evidence({ types: ['gateway.worker_died'] })).toHaveLength(1)
  })

  it.skipIf(process.getuid?.() !== 0)('keeps its secrets out of the memory of its workers', async () => {
    await bothServe()
    const { run, worker } = await open('cat')
    const { pki, config } = stage.stage
    const secrets = new Map<string, Buffer>()
    const keep = (name: string, bytes: Buffer): void => void secrets.set(name, bytes)
    // The body of a key's file, and where it is base64 what it stands for: the end, where a private key has its secret.
    for (const name of ['ssh_host_ed25519_key', 'evidence.key', 'server.key'] as const) {
      const content = pki.contents[name]
      const body = content.replaceAll(/-----[^-]+-----|\s/g, '')
      // The last whole line: those before it are the same in every key of its kind, or public.
      keep(`${name}, as text`, Buffer.from(content.split('\n').findLast((line) => line.length >= 60) ?? ''))
      keep(`${name}, as bytes`, Buffer.from(body, 'base64').subarray(-60, -20))
    }
    const vault = (await readFile(vaultKeyFile(config.dataFolder), 'utf8')).trim()
    keep('vault key, as text', Buffer.from(vault))
    keep('vault key, as bytes', Buffer.from(vault, 'hex'))
    keep('replay identity', Buffer.from(/AGE-SECRET-KEY-\w+/.exec(pki.contents['replay.agekey'])?.[0] ?? ''))
    for (const [name, bytes] of secrets) expect(bytes.length, name).toBeGreaterThanOrEqual(20)

    // What is there is found, so that what is not found is not there.
    const [, blob = ''] = pki.contents['ssh_host_ed25519_key.pub'].split(' ')
    const present = new Map([...secrets, ['public host key', Buffer.from(blob, 'base64')]])
    for (const pid of await workers()) expect([...(await foundInMemory(pid, present))]).toEqual(['public host key'])
    const environment = await readFile(`/proc/${worker}/environ`)
    for (const [name, bytes] of secrets) expect(environment.includes(bytes), name).toBe(false)
    run.child.stdin?.end()
    await run.ended
  })

  it('ends them when it stops, and every one of their sessions is sealed', async () => {
    const { run, session } = await open('cat')
    const pids = await workers()
    expect(pids).toHaveLength(2)
    await stage.gateway.stop()
    await run.ended
    expect(await Promise.all(pids.map(isAlive))).toEqual([false, false])
    expect(await workers()).toEqual([])
    await stage.restart()
    expect(await sealed(session)).toMatchObject({ status: 'complete' })
    const { stdout } = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo again' })
    expect(stdout.toString()).toBe('again\n')
  })
})
