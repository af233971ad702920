// A whole gateway whose recordings go to a real object store: killed in the middle of an upload, started again, and then
// read, verified and exported although nothing but the seal is left on its disk. And TLS under a CA of one's own.

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { extract } from 'tar'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { createCa, issueServer } from '../../certs-dev/pki.ts'
import { openS3 } from '../../gateway/blobs/s3.ts'
import type { VerificationView } from '../../gateway/contract/views.ts'
import { Secret } from '../../gateway/secret.ts'
import { parseTrust, verifyExport } from '../../recorder/index.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { startRadosgw, type Radosgw } from '../support/radosgw.ts'
import { standBetween, type Between } from '../support/s3-between.ts'
import { runSsh } from '../support/ssh-session.ts'

const run = promisify(execFile)
const bucket = 'plant-recordings'

describeWith(['ssh', 'sshd', 'ssh-keygen', 'ceph-mon', 'ceph-osd', 'radosgw'], 'a gateway with an object store', () => {
  let folder: string
  let server: Radosgw
  let between: Between
  let stage: GatewayStage
  /** What was started, the last one first: also where a later one did not start. */
  const started: (() => Promise<unknown>)[] = []
  let ca: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sp-rgw-'))
    started.unshift(() => rm(folder, { recursive: true, force: true }))
    const authority = await createCa('Plant CA', Date.now())
    const issued = await issueServer(authority, { hostnames: ['localhost'], ips: ['127.0.0.1'] }, Date.now())
    ca = authority.certificate
    const tls = { certificate: join(folder, 'tls.pem'), key: join(folder, 'tls.key') }
    await writeFile(tls.certificate, issued.certificate)
    await writeFile(tls.key, issued.key, { mode: 0o600 })
    await mkdir(join(folder, 'ceph'))
    server = await startRadosgw(join(folder, 'ceph'), tls)
    started.unshift(server.stop)
    const credentials = { accessKeyId: server.accessKey, secretAccessKey: server.secretKey }
    const aside = new S3Client({ endpoint: server.endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
    await aside.send(new CreateBucketCommand({ Bucket: bucket }))
    aside.destroy()
    const login = join(folder, 's3.login')
    const lines = [
      '[default]',
      `aws_access_key_id = ${server.accessKey}`,
      `aws_secret_access_key = ${server.secretKey}`,
    ]
    await writeFile(login, `${lines.join('\n')}\n`, { mode: 0o600 })
    between = await standBetween(server.endpoint)
    started.unshift(between.stop)
    stage = await stageGateway({
      apart: true,
      overrides: {
        '.recordings': {
          store: 's3',
          s3: {
            endpoint: between.endpoint,
            bucket,
            credentialsFile: login,
            keepLocalDays: 0,
            partMebibytes: 5,
            parallel: 1,
          },
        },
      },
    })
    started.unshift(stage.stop)
    await stage.grant('ews-1')
  }, 240_000)
  afterAll(async () => {
    for (const stop of started) await stop()
  }, 60_000)

  it('goes on with an upload after kill -9, and serves what only the store has', async () => {
    const never = new Promise(() => undefined)
    const isPart = (path: string, n: number): boolean => new RegExp(`partNumber=${n}(?:&|$)`).test(path)
    between.harm(({ path }) => (isPart(path, 4) ? { kind: 'wait', for: never } : { kind: 'none' }))
    const { stdout } = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'seq 1 3000000', noInput: true })
    expect(stdout.length).toBe(22_888_896)
    await eventually('an upload is in the middle', () => between.asked.some(({ path }) => isPart(path, 4)), 60_000)
    await stage.gateway.kill()

    const already = between.asked.length
    between.harm(() => ({ kind: 'none' }))
    await stage.restart()
    const session = await eventually(
      'the recording is there, and gone from the disk',
      async () => {
        const [gone] = await stage.evidence({ types: ['recording.local_removed'] })
        return gone === undefined ? null : String(gone.data['session'])
      },
      150_000,
    )
    const parts = between.asked
      .slice(already)
      .filter(({ method, path }) => method === 'PUT' && path.includes('partNumber'))
    expect(parts.length).toBeGreaterThan(0)
    expect(parts.filter(({ path }) => [1, 2, 3].some((n) => isPart(path, n)))).toEqual([])
    const [uploaded] = await stage.evidence({ types: ['recording.uploaded'] })
    expect(uploaded?.data).toMatchObject({ session, bucket })
    const left = await readdir(join(stage.stage.config.dataFolder, 'recordings', session))
    expect(left.sort()).toEqual(['key.age', 'manifest.json', 'seal'])

    const auditor = await stage.api('auditor')
    const verified = await auditor.ok<VerificationView>('POST', `/recordings/${session}/verify`)
    expect(verified.findings.filter(({ holds }) => !holds)).toEqual([])
    const answer = await auditor.call('POST', '/exports', { sessions: [session], purpose: 'what the store has' })
    expect(answer.status).toBe(200)
    const exported = await mkdtemp(join(stage.folder, 'export-'))
    await writeFile(join(exported, 'export.tar'), answer.bytes)
    await extract({ file: join(exported, 'export.tar'), cwd: exported })
    const trust = parseTrust(await auditor.ok('GET', '/evidence/trust'))
    if (trust.kind === 'malformed') throw new Error(trust.problems.join('; '))
    const report = await verifyExport(join(exported, 'export'), trust.trust)
    expect(report.findings.filter(({ holds }) => !holds)).toEqual([])
    expect(report.recordings).toMatchObject([{ session, holds: true, decrypted: true }])
    const replay = await auditor.ok<{ channels: readonly { cast: string }[] }>(
      'POST',
      `/recordings/${session}/replay`,
      {
        purpose: 'from the store',
      },
    )
    const cast = await auditor.call('GET', (replay.channels[0]?.cast ?? '').replace('/api/v1', ''))
    expect(cast.status).toBe(200)
    expect(cast.bytes.toString('utf8')).toContain('2999999')
  }, 300_000)

  it('says nothing of its login in its log, and leaves no process behind that a kill did not end', async () => {
    const log = await stage.log()
    expect(log).not.toContain(server.secretKey)
    expect(log).toContain('Recording copied to the object store')
    const { stdout } = await run('ps', ['-eo', 'ppid,args'])
    const orphans = stdout.split('\n').filter((line) => /^\s*1\s.*mover-process\.ts/.test(line))
    expect(orphans).toEqual([])
  })

  it('trusts a store by its certificate only under the CA that is named', async () => {
    const settings = {
      endpoint: server.tlsEndpoint ?? '',
      region: 'us-east-1',
      bucket,
      prefix: '',
      accessKey: new Secret(server.accessKey),
      secretKey: new Secret(server.secretKey),
      partBytes: 5 * 1024 * 1024,
      parallel: 1,
      quietMs: 20_000,
    }
    const trusted = openS3({ ...settings, ca: [ca] })
    expect(await trusted.check()).toMatchObject({ kind: 'ready' })
    await trusted.close()
    const strangers = openS3({ ...settings, ca: null })
    expect(await strangers.check()).toMatchObject({
      kind: 'unreachable',
      reason: expect.stringMatching(/CERT|ISSUER|VERIFY/),
    })
    await strangers.close()
    const wrong = openS3({ ...settings, ca: [ca], secretKey: new Secret('not-it') })
    expect(await wrong.check()).toEqual({ kind: 'refused', reason: expect.stringContaining('answered 403') })
    await wrong.close()
  })
})
