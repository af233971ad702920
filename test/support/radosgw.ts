// A real S3-compatible server: Ceph's RADOS Gateway, with the smallest cluster that carries it, one monitor and one OSD
// whose disk is memory. It is the one in Debian 12 with object lock (269 MB installed, up in 5 to 15 s on two cores);
// OpenStack Swift has none, and what npm has are emulators. Everything listens on the loopback interface, on free ports,
// and is ended by its process id.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

import { eventually } from './eventually.ts'
import { partPath } from './parts.ts'
import { freePort } from './sshd.ts'

export interface Radosgw {
  /** Without TLS, on this machine. */
  readonly endpoint: string
  /** With the certificate given; null without one. */
  readonly tlsEndpoint: string | null
  readonly accessKey: string
  readonly secretKey: string
  /** What its processes hold in memory, in bytes. */
  memory(): Promise<number>
  stop(): Promise<void>
}

const run = promisify(execFile)
/** The machine may be busy; it takes some five seconds on a quiet one. */
const patienceMs = 120_000

/** A key as `ceph-authtool --gen-print-key` makes one: type, time, length, 16 random bytes. */
function cephKey(): string {
  const key = Buffer.alloc(28)
  key.writeUInt16LE(1, 0)
  key.writeUInt32LE(Math.floor(Date.now() / 1_000), 2)
  key.writeUInt16LE(16, 10)
  randomBytes(16).copy(key, 12)
  return key.toString('base64')
}

const keyring = (): string =>
  ['mon.', 'client.admin', 'osd.0', 'client.rgw.a']
    .map((name) => `[${name}]\n\tkey = ${cephKey()}\n\tcaps mon = "allow *"\n\tcaps osd = "allow *"\n`)
    .join('')

function settings(folder: string, ports: { mon: number; rgw: number; frontends: string }, fsid: string): string {
  return `[global]
fsid = ${fsid}
mon initial members = a
mon host = [v2:127.0.0.1:${ports.mon}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = ${folder}/keyring
admin socket =
pid file =
log file = ${folder}/$name.log
crash dir = ${folder}
mon data = ${folder}/mon
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 2147483648
osd class load list = *
osd class default list = *
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
[client.rgw.a]
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${ports.rgw}${ports.frontends}
rgw dynamic resharding = false
rgw override bucket index max shards = 1
`
}

function until(what: string, ready: () => Promise<boolean>, daemons: readonly ChildProcess[]): Promise<boolean> {
  return eventually(
    `radosgw: ${what}`,
    async () => {
      if (daemons.some(({ exitCode }) => exitCode !== null))
        throw new Error(`radosgw: no ${what}: a daemon ended, see its log`)
      return ready()
    },
    patienceMs,
  )
}

/**
 * Starts it in an empty folder; when it resolves it answers. `stop` has to be called whatever happens afterwards.
 * @param tls files of a certificate for `localhost` and its key, PEM.
 */
export async function startRadosgw(
  folder: string,
  tls: { readonly certificate: string; readonly key: string } | null = null,
): Promise<Radosgw> {
  const [mon, rgw, ssl] = [await freePort(), await freePort(), await freePort()]
  const frontends =
    tls === null ? '' : ` ssl_endpoint=127.0.0.1:${ssl} ssl_certificate=${tls.certificate} ssl_private_key=${tls.key}`
  const fsid = randomUUID()
  const disk = randomUUID()
  const conf = join(folder, 'ceph.conf')
  for (const name of ['mon', 'osd', 'rgw']) await mkdir(join(folder, name), { recursive: true })
  await writeFile(conf, settings(folder, { mon, rgw, frontends }, fsid))
  await writeFile(join(folder, 'keyring'), keyring(), { mode: 0o600 })
  const daemons: ChildProcess[] = []
  const daemon = (program: string, ...words: readonly string[]): void => {
    const said = openSync(join(folder, `${basename(program)}.said`), 'a')
    daemons.push(spawn(program, ['--conf', conf, '-f', ...words], { stdio: ['ignore', said, said] }))
    closeSync(said)
  }
  const stop = async (): Promise<void> => {
    for (const child of daemons) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
  }
  const ceph = (...words: readonly string[]) =>
    run('ceph', ['--conf', conf, '--connect-timeout', '10', ...words]).then(
      ({ stdout }) => stdout,
      () => '',
    )
  try {
    await run('monmaptool', [
      '--create',
      '--fsid',
      fsid,
      '--addv',
      'a',
      `[v2:127.0.0.1:${mon}]`,
      join(folder, 'monmap'),
    ])
    const files = ['--monmap', join(folder, 'monmap'), '--keyring', join(folder, 'keyring')]
    await run(partPath('ceph-mon'), ['--conf', conf, '--mkfs', '-i', 'a', ...files])
    daemon(partPath('ceph-mon'), '-i', 'a')
    await until('monitor', async () => (await ceph('osd', 'new', disk)).trim() === '0', daemons)
    await run(partPath('ceph-osd'), ['--conf', conf, '--mkfs', '-i', '0', '--osd-uuid', disk])
    daemon(partPath('ceph-osd'), '-i', '0', '--osd-uuid', disk)
    await until('OSD', async () => (await ceph('osd', 'stat')).includes('1 up'), daemons)
    daemon(partPath('radosgw'), '-n', 'client.rgw.a')
    const endpoint = `http://127.0.0.1:${rgw}`
    await until(
      'gateway',
      () =>
        fetch(endpoint).then(
          (answer) => answer.ok,
          () => false,
        ),
      daemons,
    )
    const [accessKey, secretKey] = [randomBytes(10).toString('hex'), randomBytes(20).toString('hex')]
    const user = [
      '--uid',
      'sallyport',
      '--display-name',
      'Sallyport',
      '--access-key',
      accessKey,
      '--secret-key',
      secretKey,
    ]
    await run('radosgw-admin', ['--conf', conf, '-n', 'client.rgw.a', 'user', 'create', ...user])
    const memory = async (): Promise<number> => {
      const each = daemons.map(async ({ pid }) => {
        const [, kib] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid ?? 0}/status`, 'utf8')) ?? []
        return Number(kib) * 1_024
      })
      return (await Promise.all(each)).reduce((sum, bytes) => sum + bytes, 0)
    }
    return {
      endpoint,
      tlsEndpoint: tls === null ? null : `https://localhost:${ssl}`,
      accessKey,
      secretKey,
      memory,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
