// Files by the ordinary sftp and psftp: they work as ever, and what may not be done is refused in their own words.

import { execFile, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { prepareSsh } from '../../gateway/demo/ssh-client.ts'
import { readRequest } from '../../gateway/guards/sftp/requests.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { isOtherWay, stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { partPath } from '../support/parts.ts'
import { readRecorded } from '../support/recorded.ts'
import { shareConnection, type SharedConnection } from '../support/ssh-session.ts'

const rules = `
rules:
  - id: drop
    text: whoever maintains it
    paths: ['/**/drop/**']
    allow: [list, read, write, delete, rename, mkdir, setstat, symlink]
    upload: pass
    download: pass
    largestMegabytes: 1000
  - id: looked-at
    text: what is brought here is looked at
    paths: ['/**/looked-at/**']
    allow: [list, read, write]
    upload: scan
    download: scan
    withoutVerdict: pass
    largestMegabytes: 100
`
const all = ['list', 'read', 'write', 'delete', 'rename', 'mkdir', 'setstat', 'symlink'] as const

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part as Buffer)
  return hash.digest('hex')
}

describeWith(['ssh', 'sftp', 'sshd', 'ssh-keygen'], 'files by SFTP', () => {
  let stage: GatewayStage
  let shared: SharedConnection
  let argv: readonly string[]
  let drop: string
  let lookedAt: string
  let here: string

  beforeAll(async () => {
    stage = await stageGateway({
      spoil: (place) => Promise.resolve({ ...place, endpoint: { features: ['terminal', 'command', 'sftp'] } }),
      files: { 'files.yaml': rules },
    })
    await stage.grant('ews-1', { transfer: { allow: all, paths: ['/**'] } })
    ;[drop, lookedAt, here] = ['drop', 'looked-at', 'here'].map((name) => join(stage.folder, name)) as [
      string,
      string,
      string,
    ]
    for (const folder of [drop, lookedAt, here]) await mkdir(folder)
    const login = await stage.sshLogin('vendor%ews-1')
    shared = await shareConnection(login)
    argv = (await prepareSsh(login)).argv.map((word) => (word === '-p' ? '-P' : word))
  })
  afterAll(async () => {
    shared.master.child.kill()
    await stage.stop()
  })

  /** Runs a batch; each line that begins with `-` may fail. */
  const sftp = (...lines: readonly string[]) => over(shared, ...lines)

  async function over({ options }: SharedConnection, ...lines: readonly string[]) {
    const words = ['-b', '-', ...options, ...argv]
    const child = spawn(partPath('sftp'), words, { cwd: here })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => out.push(part))
    child.stderr.on('data', (part: Buffer) => err.push(part))
    child.stdin.end(lines.map((line) => `${line}\n`).join(''))
    const exit = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { exit, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }
  }

  it('come and go with their digests in evidence', async () => {
    await writeFile(join(here, 'a'), randomBytes(1_000_000))
    const { exit, stderr } = await sftp(`put -p a ${drop}/a`, `get ${drop}/a b`, `ls -l ${drop}`)
    expect([exit, stderr]).toEqual([0, ''])
    const digest = await sha256(join(here, 'a'))
    expect([await sha256(join(drop, 'a')), await sha256(join(here, 'b'))]).toEqual([digest, digest])
    const crossed = await stage.evidence({ types: ['file.crossed'] })
    expect(crossed.map(({ data }) => [data['direction'], data['sha256']])).toEqual([
      ['in', digest],
      ['out', digest],
    ])
  })

  it('go on where they were broken off', async () => {
    const whole = randomBytes(3_000_000)
    await writeFile(join(here, 'whole'), whole)
    await writeFile(join(drop, 'whole'), whole.subarray(0, 1_000_000))
    expect(await sftp(`reput whole ${drop}/whole`)).toMatchObject({ exit: 0, stderr: '' })
    expect(await sha256(join(drop, 'whole'))).toBe(await sha256(join(here, 'whole')))
    await writeFile(join(here, 'back'), whole.subarray(0, 2_000_000))
    expect(await sftp(`reget ${drop}/whole back`)).toMatchObject({ exit: 0, stderr: '' })
    expect(await sha256(join(here, 'back'))).toBe(await sha256(join(here, 'whole')))
  })

  it('come as whole folders, and are renamed and deleted', async () => {
    await mkdir(join(here, 'tree/deep'), { recursive: true })
    for (const name of ['tree/1', 'tree/deep/2']) await writeFile(join(here, name), name)
    const { exit, stderr } = await sftp(
      `put -R tree ${drop}`,
      `rename ${drop}/tree/1 ${drop}/tree/one`,
      `chmod 600 ${drop}/tree/one`,
      `get -R ${drop}/tree fetched`,
      `ln -s one ${drop}/tree/link`,
      `rm ${drop}/tree/deep/2`,
      `rmdir ${drop}/tree/deep`,
      `df ${drop}`,
    )
    expect([exit, stderr]).toEqual([0, ''])
    expect(await readdir(join(drop, 'tree'))).toEqual(['link', 'one'])
    expect(await readFile(join(here, 'fetched/deep/2'), 'utf8')).toBe('tree/deep/2')
  })

  it('are refused where the rules do not allow it, and the user reads why', async () => {
    await writeFile(join(stage.folder, 'secret'), 'secret')
    await symlink('../secret', join(drop, 'way-out'))
    for (const line of [`get ${stage.folder}/secret`, `get ${drop}/way-out`, `get ${drop}/../secret`]) {
      const { exit, stderr } = await sftp(line)
      expect([line, exit]).toEqual([line, 1])
      expect(stderr).toContain('no rule of the plant lets anybody')
    }
    await writeFile(join(here, 'b'), 'b')
    const { stderr } = await sftp(`put b ${stage.folder}/b`)
    expect(stderr).toContain('[sallyport] no rule of the plant lets anybody write')
    expect(await readdir(stage.folder)).not.toContain('b')
    const refused = await stage.evidence({ types: ['file.step_refused'] })
    expect(refused.length).toBeGreaterThan(0)
  })

  it('are looked at on their way, and come and go like any other', async () => {
    await writeFile(join(here, 'c'), randomBytes(2_000_000))
    const { exit } = await sftp(`put c ${lookedAt}/c`, `get ${lookedAt}/c d`)
    expect(exit).toBe(0)
    const digest = await sha256(join(here, 'c'))
    expect([await sha256(join(lookedAt, 'c')), await sha256(join(here, 'd'))]).toEqual([digest, digest])
    expect(await readdir(lookedAt)).toEqual(['c'])
    const delivered = await stage.evidence({ types: ['file.delivered'] })
    expect(delivered.map(({ data }) => data['sha256'])).toEqual([digest, digest])
  })

  it('stand in the recording as they came, and what the gateway said and asked beside them', async () => {
    const content = Buffer.from('a content to be found again')
    await writeFile(join(here, 'e'), content)
    const own = await shareConnection(await stage.sshLogin('vendor%ews-1'))
    expect(await over(own, `put e ${drop}/x/../e`)).toMatchObject({ exit: 0 })
    const session = String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
    own.master.child.kill()
    await eventually(
      'the recording is sealed',
      async () => (await stage.evidence({ types: ['session.recording_sealed'], session })).length === 1,
    )
    const recorded = await readRecorded(stage.stage, session)
    expect(recorded.in.includes(content)).toBe(true)
    const events = recorded.frames.flatMap((frame) => (frame.kind === 'event' ? [frame.event] : []))
    const digest = await sha256(join(here, 'e'))
    expect(events).toContainEqual({
      sftp: 'file',
      path: `${drop}/e`,
      direction: 'in',
      outcome: 'whole',
      size: content.length,
      sha256: digest,
    })
    const opened = events
      .filter(({ sftp: what }) => what === 'to-target')
      .map(({ packet }) => readRequest(Buffer.from(typeof packet === 'string' ? packet : '', 'base64')))
      .find(({ kind }) => kind === 'open')
    expect(opened).toMatchObject({ path: `${drop}/e` })
  })

  it.skipIf(isOtherWay)(
    'of 100,000 names in a folder are listed',
    async () => {
      const many = join(drop, 'many')
      await mkdir(many)
      await promisify(execFile)('sh', ['-c', 'seq 100000 | xargs touch'], { cwd: many })
      const { exit, stdout } = await sftp(`ls -1 ${many}`)
      expect(exit).toBe(0)
      expect(stdout.split('\n').filter((line) => line.startsWith(many))).toHaveLength(100_000)
    },
    120_000,
  )

  // How memory behaves while hundreds of megabytes cross is clients/bulk.test.ts's.
  it('of 30 MB come and go whole, with their digests as evidence', async () => {
    const size = 30_000_000
    await writeFile(join(here, 'large'), randomBytes(1_000_000))
    await truncate(join(here, 'large'), size)
    const { exit } = await sftp(`put large ${drop}/large`, `get ${drop}/large again`)
    expect(exit).toBe(0)
    expect((await stat(join(drop, 'large'))).size).toBe(size)
    const digest = await sha256(join(here, 'large'))
    expect([await sha256(join(drop, 'large')), await sha256(join(here, 'again'))]).toEqual([digest, digest])
    const crossed = await stage.evidence({ types: ['file.crossed'] })
    expect(crossed.slice(-2).map(({ data }) => data['sha256'])).toEqual([digest, digest])
  })
})
