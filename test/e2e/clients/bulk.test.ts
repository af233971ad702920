// Large files both ways by the programs people use: what arrives is what was sent, and the gateway's memory stays where it
// was. 300 MB; with LONG=1 in the environment 5 GB.

import { execFile, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { prepareSsh, type SshLogin } from '../../../gateway/demo/ssh-client.ts'
import { readFrames, unwrapSessionKey } from '../../../recorder/index.ts'
import { describeWith } from '../../support/describe-with.ts'
import { eventually } from '../../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'
import { partPath, type PartName } from '../../support/parts.ts'
import { growthOf } from '../../support/process-memory.ts'
import { recordingOf } from '../../support/recorded.ts'
import { shareConnection, type SharedConnection } from '../../support/ssh-session.ts'

const isLong = process.env['LONG'] === '1'
const megabytes = isLong ? 5_000 : 300
const minutes = isLong ? 60 : 4
/** Half of what crosses would be a file that is held; buffers and compiled code are much less. */
const mostGrownMebibytes = 150

const rules = `
rules:
  - id: drop
    text: whoever maintains it
    paths: ['/**/drop/**']
    allow: [list, read, write, setstat]
    upload: pass
    download: pass
    largestMegabytes: ${megabytes + 1}
`

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part as Buffer)
  return hash.digest('hex')
}

describeWith(['ssh', 'sftp', 'scp', 'sshd', 'ssh-keygen'], `${megabytes} MB`, () => {
  let stage: GatewayStage
  let login: SshLogin
  let shared: SharedConnection
  let env: Readonly<Record<string, string>>
  let drop: string
  let digest: string

  beforeAll(async () => {
    stage = await stageGateway({
      apart: true,
      files: { 'files.yaml': rules },
      spoil: (place) => Promise.resolve({ ...place, endpoint: { features: ['command', 'sftp', 'scp'] } }),
    })
    drop = join(stage.folder, 'drop')
    await mkdir(drop)
    const [from, until] = [stage.clock.now(), stage.clock.now() + 4 * 3_600_000]
    const transfer = { allow: ['list', 'read', 'write', 'setstat'], paths: ['/**'] } as const
    await stage.grant('ews-1', { transfer, window: { from, until } })
    digest = await fill(join(stage.folder, 'large'), megabytes)
    await fill(join(stage.folder, 'first'), 20)
  }, minutes * 60_000)
  afterAll(() => stage.stop())

  /** What the ledger says, from the store: a login ends before a large file does. */
  const told = (type: string, session: string | null = null) =>
    stage.withStore(({ evidence }) => evidence.list({ types: [type], session }, { limit: 100, before: null }))

  /** A file in which no two places are alike. Gives its digest. */
  async function fill(path: string, size: number): Promise<string> {
    const hash = createHash('sha256')
    const file = await open(path, 'w')
    const block = randomBytes(1_000_000)
    for (let n = 0; n < size; n++) {
      block.writeUInt32BE(n, 0)
      hash.update(block)
      await file.write(block)
    }
    await file.close()
    return hash.digest('hex')
  }

  /** A connection of its own, so that its recording holds nothing else. */
  async function connect(): Promise<string> {
    const before = (await told('session.started')).length
    login = await stage.sshLogin('vendor%ews-1')
    env = (await prepareSsh(login)).env
    shared = await shareConnection(login)
    await pipe('true', '/dev/null', '/dev/null')
    const started = await told('session.started')
    expect(started.length).toBe(before + 1)
    return String(started[0]?.data['session'])
  }

  async function run(part: PartName, words: readonly string[], input = ''): Promise<void> {
    const common = ['-F', 'none', '-o', 'LogLevel=ERROR', ...shared.options]
    const running = promisify(execFile)(partPath(part), [...common, ...words], { env, cwd: stage.folder })
    running.child.stdin?.end(input)
    await running
  }

  async function pipe(command: string, from: string, to: string): Promise<void> {
    const { argv } = await prepareSsh(login, ['-o', 'LogLevel=ERROR', ...shared.options], [command])
    const child = spawn(partPath('ssh'), [...argv], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    const exit = new Promise((resolve) => child.once('close', resolve))
    await Promise.all([
      pipeline(createReadStream(from), child.stdin).catch((error: NodeJS.ErrnoException) => {
        // A command may end without having read.
        if (error.code !== 'EPIPE') throw error
      }),
      pipeline(child.stdout, createWriteStream(to)),
    ])
    expect(await exit).toBe(0)
  }

  const there = (path: string): string => `${login.user}@localhost:${path}`
  const batch = (line: string): Promise<void> => run('sftp', ['-b', '-', `${login.user}@localhost`], `${line}\n`)

  const programs: readonly {
    readonly name: string
    bring(near: string, far: string): Promise<void>
    fetch(far: string, near: string): Promise<void>
  }[] = [
    {
      name: 'sftp',
      bring: (near, far) => batch(`put ${near} ${far}`),
      fetch: (far, near) => batch(`get ${far} ${near}`),
    },
    {
      name: 'scp',
      bring: (near, far) => run('scp', [near, there(far)]),
      fetch: (far, near) => run('scp', [there(far), near]),
    },
    {
      name: 'scp -O',
      bring: (near, far) => run('scp', ['-O', near, there(far)]),
      fetch: (far, near) => run('scp', ['-O', there(far), near]),
    },
    {
      name: 'a pipe',
      bring: (near, far) => pipe(`cat > ${far}`, near, '/dev/null'),
      fetch: (far, near) => pipe(`cat ${far}`, '/dev/null', near),
    },
  ]

  // scp without -O is SFTP: it is looked at where there is time.
  const tried = programs.filter(({ name }) => isLong || name !== 'scp')

  it.each(tried.map((program) => [program.name, program] as const))(
    'come and go by %s unchanged, in flat memory',
    async (name, { bring, fetch }) => {
      const session = await connect()
      const [near, far, back] = [join(stage.folder, 'large'), join(drop, 'large'), join(stage.folder, 'back')]
      // What bulk costs once, buffers and compiled code, is there after the first file.
      await bring(join(stage.folder, 'first'), join(drop, 'first'))
      await fetch(join(drop, 'first'), back)
      const began = performance.now()
      const { grown } = await growthOf(stage.gateway.pid, () => bring(near, far))
      const came = performance.now()
      const returned = await growthOf(stage.gateway.pid, () => fetch(far, back))
      const went = performance.now()
      if (isLong) tellFigures(name, [came - began, went - came], [grown, returned.grown])
      expect([await sha256(far), await sha256(back)]).toEqual([digest, digest])
      expect(Math.max(grown, returned.grown)).toBeLessThan(mostGrownMebibytes)
      shared.master.child.kill()
      await shared.master.ended
      const sealed = await eventually('it is sealed', async () => {
        const [found] = await told('session.recording_sealed', session)
        return found ?? null
      })
      expect(sealed.data['status']).toBe('complete')
      // By a pipe the channel is the file: the record of it has its digest.
      if (name === 'a pipe') expect(await recordedDigests(session)).toContain(digest)
      for (const file of [far, back]) await rm(file)
      if (isLong) await rm(recordingOf(stage.stage, session), { recursive: true })
    },
    minutes * 60_000,
  )

  /** Of everything that came in on a channel and went out on it, channel by channel. */
  async function recordedDigests(session: string): Promise<readonly string[]> {
    const folder = recordingOf(stage.stage, session)
    const lines = stage.stage.pki.contents['replay.agekey'].split('\n')
    const identity = lines.find((line) => line.startsWith('AGE-SECRET-KEY-1')) ?? ''
    const key = await unwrapSessionKey(folder, [identity])
    const digests: string[] = []
    // true, the small file both ways, and then the large one.
    for (const channel of [3, 4]) {
      const hashes = { in: createHash('sha256'), out: createHash('sha256'), err: createHash('sha256') }
      for await (const frame of readFrames(folder, key, channel))
        if (frame.kind === 'data') hashes[frame.direction].update(frame.bytes)
      digests.push(hashes[channel === 3 ? 'in' : 'out'].digest('hex'))
    }
    return digests.every((each) => each === digest) ? digests : []
  }

  function tellFigures(name: string, ms: readonly number[], grown: readonly number[]): void {
    const rates = ms.map((each) => `${Math.round((megabytes / each) * 1_000)} MB/s`).join(', ')
    process.stdout.write(`${name}: there and back ${rates}; grown by ${grown.map(Math.round).join(' and ')} MiB\n`)
  }
})
