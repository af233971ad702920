// Recordings that go to a real object store: sessions whose recordings are sealed, the copies the gateway keeps of them,
// and the bucket, looked into and damaged from the side.

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { CreateBucketCommand, ListObjectVersionsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Blobs, ObjectLock } from '../../gateway/blobs/blobs.ts'
import { openCopies, type Copies, type CopiesDeps } from '../../gateway/copies/copies.ts'
import { openMover } from '../../gateway/blobs/mover.ts'
import type { S3Settings } from '../../gateway/blobs/settings.ts'
import { Secret } from '../../gateway/secret.ts'
import type { SessionId } from '../../policy/index.ts'
import { ledgerOf } from './memory-store.ts'
import type { Radosgw } from './radosgw.ts'
import { openSessionScene, type SessionScene } from './session-scene.ts'

export interface CopiesScene {
  readonly scene: SessionScene
  readonly bucket: string
  /** A client of its own, straight to the server. */
  readonly aside: S3Client
  settings(over?: Partial<S3Settings>): S3Settings
  /** Opens copies as a start does; they are closed with the scene. */
  open(wish?: CopiesWish): Promise<Copies>
  /** A sealed recording whose first channel said so many bytes. */
  record(bytes: number): Promise<SessionId>
  /** Names in the bucket with their versions and sizes, newest first of a name. */
  listed(): Promise<readonly { readonly key: string; readonly bytes: number; readonly version: string }[]>
  /** Puts something else under a name, with the metadata of the right one. */
  replace(key: string, content: Buffer, sha256: string): Promise<void>
  events(type: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  close(): Promise<void>
}

export interface CopiesWish {
  readonly endpoint?: string
  readonly blobs?: Blobs
  readonly lock?: (now: number) => ObjectLock
  /** What keeps a recording here; nothing if left out. */
  readonly keptFrom?: CopiesDeps['keptFrom']
  readonly keepLocalMs?: number
  readonly cacheBytes?: number
  readonly settings?: Partial<S3Settings>
}

let buckets = 0

export async function openCopiesScene(server: Radosgw, wish: { readonly locks?: true } = {}): Promise<CopiesScene> {
  const scene = await openSessionScene()
  const fetched = await mkdtemp(join(tmpdir(), 'sp-fetched-'))
  const bucket = `recordings-${++buckets}`
  const aside = new S3Client({
    endpoint: server.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: server.accessKey, secretAccessKey: server.secretKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  await aside.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: wish.locks ?? false }))
  const opened: Copies[] = []
  const settings = (over: Partial<S3Settings> = {}): S3Settings => ({
    endpoint: server.endpoint,
    region: 'us-east-1',
    bucket,
    prefix: 'plant/',
    accessKey: new Secret(server.accessKey),
    secretKey: new Secret(server.secretKey),
    partBytes: 5 * 1024 * 1024,
    parallel: 3,
    ca: null,
    quietMs: 20_000,
    ...over,
  })
  return {
    scene,
    bucket,
    aside,
    settings,
    async open({
      endpoint = server.endpoint,
      blobs,
      lock,
      keptFrom = () => null,
      keepLocalMs = 0,
      cacheBytes = 1 << 30,
      settings: over,
    } = {}) {
      const { store, clock, log, recordings: root } = scene
      const copies = await openCopies({
        store,
        blobs: blobs ?? openMover(settings({ endpoint, ...over })),
        root,
        fetched,
        bucket,
        prefix: 'plant/',
        cacheBytes,
        keepLocalMs,
        keptFrom,
        lockFor: async () => lock?.(clock.now()) ?? null,
        clock,
        log,
        random: () => 0.5,
      })
      opened.push(copies)
      return copies
    },
    async record(bytes) {
      const admission = await scene.admission().admit(scene.visitor, 'ews-1')
      if (admission.kind !== 'admitted') throw new Error('the session was not admitted')
      const record = admission.session.record({ kind: 'exec', command: 'plc-dump', terminal: null })
      if (record === null) throw new Error('no room for a channel')
      for (let left = bytes; left > 0; left -= 1 << 20)
        record.data('out', [randomBytes(Math.min(left, 1 << 20))], () => undefined)
      scene.registry.get(admission.session.id)?.end('revoked')
      await admission.session.closed()
      return admission.session.id
    },
    async listed() {
      const { Versions = [] } = await aside.send(new ListObjectVersionsCommand({ Bucket: bucket }))
      return Versions.map(({ Key = '', Size = 0, VersionId = '' }) => ({ key: Key, bytes: Size, version: VersionId }))
    },
    async replace(Key, Body, sha256) {
      await aside.send(new PutObjectCommand({ Bucket: bucket, Key, Body, Metadata: { sha256 } }))
    },
    async events(type) {
      return (await ledgerOf(scene.store)).filter((event) => event.type === type).map(({ data }) => data)
    },
    async close() {
      for (const copies of opened) await copies.close()
      aside.destroy()
      await scene.close()
      await rm(fetched, { recursive: true, force: true })
    },
  }
}
