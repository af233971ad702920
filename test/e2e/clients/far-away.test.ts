// Lines that are long, users who read slowly and targets that do: what everybody sees stays the same, and the gateway
// holds no more for it.

import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'

import { prepareSsh, type SshLogin } from '../../../gateway/demo/ssh-client.ts'
import { startDelayingRelay, type BothWays, type DelayingRelay } from '../../support/delaying-relay.ts'
import { describeWith } from '../../support/describe-with.ts'
import { eventually } from '../../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'
import { partPath } from '../../support/parts.ts'
import { growthOf } from '../../support/process-memory.ts'
import { openSsh, runSsh, shareConnection, type SharedConnection } from '../../support/ssh-session.ts'

const rules = `
rules:
  - id: drop
    text: whoever maintains it
    paths: ['/**/drop/**']
    allow: [list, read, write]
    upload: pass
    download: pass
    largestMegabytes: 1000
`
const delayMs = 200
/** Much more than windows and buffers on the way have room for. */
const large = 96 << 20
/** What the gateway may hold of one channel, with what the windows of both legs let come. */
const mostHeld = 16 << 20

describeWith(['ssh', 'sftp', 'sshd', 'ssh-keygen'], 'far away or slow', () => {
  let stage: GatewayStage
  let near: DelayingRelay
  let far: DelayingRelay
  let login: SshLogin
  let shared: SharedConnection
  let drop: string

  beforeAll(async () => {
    near = await startDelayingRelay(() => stage.gateway.ssh.port)
    stage = await stageGateway({
      apart: true,
      files: { 'files.yaml': rules },
      async spoil(place) {
        far = await startDelayingRelay(() => place.port)
        return { ...place, port: far.port, endpoint: { features: ['terminal', 'command', 'sftp'] } }
      },
    })
    drop = join(stage.folder, 'drop')
    await mkdir(drop)
    await stage.grant('ews-1', { transfer: { allow: ['list', 'read', 'write'], paths: ['/**'] } })
    await writeFile(join(stage.folder, 'large'), randomBytes(1 << 20))
    await truncate(join(stage.folder, 'large'), large)
  })
  beforeEach(async () => {
    for (const relay of [near, far]) relay.delay(0)
    login = { ...(await stage.sshLogin('vendor%ews-1')), port: near.port }
    shared = await shareConnection(login)
    return () => shared.master.child.kill()
  })
  afterAll(async () => {
    await stage.stop()
    await Promise.all([near.stop(), far.stop()])
  })

  async function sftp(...lines: readonly string[]): Promise<void> {
    const { argv, env } = await prepareSsh(login, ['-o', 'LogLevel=ERROR', ...shared.options])
    const words = ['-b', '-', ...argv.map((word) => (word === '-p' ? '-P' : word))]
    const running = promisify(execFile)(partPath('sftp'), words, { env, cwd: stage.folder })
    running.child.stdin?.end(lines.map((line) => `${line}\n`).join(''))
    await running
  }

  const lines = [
    ['user', () => near],
    ['target', () => far],
  ] as const

  it.each(lines)('logs in and types on a terminal where the %s is 200 ms away', async (_who, relay) => {
    relay().delay(delayMs)
    const fresh = { ...(await stage.sshLogin('vendor%ews-1')), port: near.port }
    const run = await openSsh(fresh, { terminal: { cols: 100, rows: 30 } })
    run.write('stty size; echo up-$((6*7))\r')
    expect(await run.sees('up-42')).toMatch(/30 100/)
    run.write('exit 3\r')
    expect((await run.ended).exit).toBe(3)
  })

  it.each(lines)('brings and fetches some MB where the %s is 200 ms away, many pieces at once', async (_who, relay) => {
    const content = randomBytes(6_000_000)
    await writeFile(join(stage.folder, 'some'), content)
    relay().delay(delayMs)
    relay().most()
    await sftp(`put some ${drop}/some`, `get ${drop}/some back`)
    expect((await readFile(join(drop, 'some'))).equals(content)).toBe(true)
    expect((await readFile(join(stage.folder, 'back'))).equals(content)).toBe(true)
    // One piece after the other, each after the answer to the one before, would be 32 KiB.
    const { there, back } = relay().most()
    expect(Math.min(there, back)).toBeGreaterThan(512 * 1024)
  })

  it.each(lines)('pipes some MB both ways where the %s is 200 ms away', async (_who, relay) => {
    const input = randomBytes(4_000_000)
    relay().delay(delayMs)
    const run = await runSsh(login, { options: shared.options, command: 'cat', input })
    expect(run.stdout.equals(input)).toBe(true)
  })

  /** Nothing of it moves any more, though there is more to come. */
  async function standsStill(passed: () => number): Promise<void> {
    const start = passed()
    let before = start
    let since = performance.now()
    await eventually('nothing moves', () => {
      const now = passed()
      if (now !== before) since = performance.now()
      before = now
      return now - start > 512 * 1024 && performance.now() - since > 1_000
    })
  }

  /** What went into the gateway from now on and has not come out at its other side. */
  function between(way: keyof BothWays): () => number {
    const [first, last] = way === 'there' ? [near, far] : [far, near]
    const [came, went] = [first.passed()[way], last.passed()[way]]
    return () => first.passed()[way] - came - (last.passed()[way] - went)
  }

  it('waits for a user who does not read, in flat memory, and loses nothing', async () => {
    const held = between('back')
    const { result, grown } = await growthOf(stage.gateway.pid, async () => {
      const run = await openSsh(login, { options: shared.options, command: `cat ${stage.folder}/large` })
      run.child.stdout?.pause()
      await standsStill(() => far.passed().back)
      const atMost = held()
      run.child.stdout?.resume()
      const { exit } = await run.ended
      return { exit, atMost, shown: run.stdout() }
    })
    expect(result.exit).toBe(0)
    expect(result.atMost).toBeLessThan(mostHeld)
    expect(createHash('sha256').update(result.shown).digest('hex')).toBe(await sha256(join(stage.folder, 'large')))
    expect(grown).toBeLessThan(large / 2 ** 20)
  })

  it('lets a user wait for a target that does not read, in flat memory, and loses nothing', async () => {
    const gate = join(stage.folder, 'gate')
    await promisify(execFile)('mkfifo', [gate])
    const held = between('there')
    const { result, grown } = await growthOf(stage.gateway.pid, async () => {
      const command = `cat ${gate} >/dev/null; sha256sum`
      const run = await openSsh(login, { options: shared.options, command })
      if (!run.child.stdin) throw new Error('ssh has no standard input')
      const sent = pipeline(createReadStream(join(stage.folder, 'large')), run.child.stdin)
      await standsStill(() => near.passed().there)
      const atMost = held()
      await (await open(gate, 'w')).close()
      await sent
      const { exit } = await run.ended
      return { exit, atMost, shown: run.stdout().toString() }
    })
    expect(result.exit).toBe(0)
    expect(result.atMost).toBeLessThan(mostHeld)
    expect(result.shown).toBe(`${await sha256(join(stage.folder, 'large'))}  -\n`)
    expect(grown).toBeLessThan(large / 2 ** 20)
  })
})

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part as Buffer)
  return hash.digest('hex')
}
