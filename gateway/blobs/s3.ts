// Blobs on an S3-compatible server. Whether what was sent is there is never believed but read back: the checksums servers
// offer differ, and none of them says what stands on the disk now. One object is one version, where the server keeps
// versions: who writes the same name again later does not change what we read.

import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { Agent } from 'node:https'
import type { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { systemCode } from '../start-problem.ts'
import type {
  BlobObject,
  Blobs,
  Changed,
  LocalFile,
  ObjectLock,
  PutOutcome,
  RemoveOutcome,
  StoreFault,
} from './blobs.ts'
import { faultOf, storeFaultOf } from './s3-fault.ts'
import { partBytesFor, sendParts, unfinishedUnder } from './s3-parts.ts'
import type { S3Settings } from './settings.ts'

type Bucketed = Pick<BlobObject, 'key' | 'version'>

function clientOf({ endpoint, region, accessKey, secretKey, ca, quietMs, parallel }: S3Settings): S3Client {
  return new S3Client({
    endpoint,
    region,
    // Names of buckets in host names need a certificate and a name server that know each of them.
    forcePathStyle: true,
    credentials: { accessKeyId: accessKey.expose(), secretAccessKey: secretKey.expose() },
    // Ours are made over the whole file; servers that do not know these headers refuse them or pass them over.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    followRegionRedirects: false,
    requestHandler: {
      connectionTimeout: Math.min(10_000, quietMs),
      socketTimeout: quietMs,
      requestTimeout: 0,
      httpsAgent: new Agent({
        keepAlive: true,
        maxSockets: parallel * 2,
        minVersion: 'TLSv1.2',
        ...(ca === null ? {} : { ca: [...ca] }),
      }),
    },
  })
}

const at = (Bucket: string, { key: Key, version }: Bucketed) => ({
  Bucket,
  Key,
  ...(version === null ? {} : { VersionId: version }),
})

/** Where the store has no versions, or they were off when it was written, it says nothing or `null`. */
const versionOf = (text: string | undefined): string | null => (text === undefined || text === 'null' ? null : text)

export function openS3(settings: S3Settings): Blobs {
  const s3 = clientOf(settings)
  const { bucket: Bucket, parallel } = settings

  /** The bytes of an object handed to `take`, and what is wrong with them. */
  async function readBack(
    object: BlobObject,
    take: (chunk: Buffer) => Promise<void> | void,
  ): Promise<{ readonly kind: 'right' } | Changed> {
    const answer = await s3.send(new GetObjectCommand(at(Bucket, object)))
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of answer.Body as Readable as AsyncIterable<Buffer>) {
      bytes += chunk.length
      // Longer than it may be: no more of it is wanted.
      if (bytes > object.bytes) return { kind: 'changed', found: `more than ${object.bytes} bytes` }
      hash.update(chunk)
      await take(chunk)
    }
    const digest = hash.digest('hex')
    return bytes === object.bytes && digest === object.sha256
      ? { kind: 'right' }
      : { kind: 'changed', found: `${bytes} bytes with SHA-256 ${digest}` }
  }

  /** What stands there already by an earlier try, if that says it is this file. */
  async function standing({ key, bytes, sha256 }: LocalFile): Promise<BlobObject | null> {
    try {
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key: key }))
      if (head.ContentLength !== bytes || head.Metadata?.['sha256'] !== sha256) return null
      return { key, bytes, sha256, version: versionOf(head.VersionId) }
    } catch (error) {
      if (faultOf(error).kind === 'missing') return null
      throw error
    }
  }

  async function send(
    file: LocalFile,
  ): Promise<BlobObject | { readonly kind: 'local-damaged'; readonly found: string }> {
    const { key, bytes, sha256 } = file
    let local: FileHandle
    try {
      local = await open(file.path, constants.O_RDONLY | constants.O_NOFOLLOW)
    } catch (error) {
      const code = systemCode(error)
      if (code === '') throw error
      return { kind: 'local-damaged', found: code === 'ENOENT' ? 'no file' : code }
    }
    try {
      const { size } = await local.stat()
      if (size !== bytes) return { kind: 'local-damaged', found: `${size} bytes` }
      const partBytes = partBytesFor(bytes, settings.partBytes)
      if (bytes > partBytes) {
        const sent = await sendParts(s3, Bucket, file, local, { partBytes, parallel })
        return sent.kind === 'sent' ? { key, bytes, sha256, version: versionOf(sent.version ?? undefined) } : sent
      }
      const Body = await local.readFile()
      const digest = createHash('sha256').update(Body).digest('hex')
      if (digest !== sha256) return { kind: 'local-damaged', found: `${Body.length} bytes with SHA-256 ${digest}` }
      const ContentMD5 = createHash('md5').update(Body).digest('base64')
      const put = await s3.send(new PutObjectCommand({ Bucket, Key: key, Body, ContentMD5, Metadata: { sha256 } }))
      return { key, bytes, sha256, version: versionOf(put.VersionId) }
    } finally {
      await local.close()
    }
  }

  /**
   * Set after the content was read back, and asked for again: Ceph 16 forgets a lock that a multipart upload asks for when
   * it begins, and nobody locks what is wrong.
   */
  async function locked(object: BlobObject, lock: ObjectLock): Promise<StoreFault | null> {
    const Mode = lock.mode === 'compliance' ? ('COMPLIANCE' as const) : ('GOVERNANCE' as const)
    const told = await retentionOf(object)
    if (told === null || told < lock.until) {
      const Retention = { Mode, RetainUntilDate: new Date(lock.until) }
      await s3.send(new PutObjectRetentionCommand({ ...at(Bucket, object), Retention }))
    }
    const until = await retentionOf(object)
    // S3 keeps whole seconds.
    if (until !== null && until >= Math.floor(lock.until / 1_000) * 1_000) return null
    return { kind: 'refused', reason: 'the lock of an object does not stand after it was set' }
  }

  async function retentionOf(object: Bucketed): Promise<number | null> {
    try {
      const { Retention } = await s3.send(new GetObjectRetentionCommand(at(Bucket, object)))
      return Retention?.RetainUntilDate?.getTime() ?? null
    } catch (error) {
      if (error instanceof Error && /ObjectLockConfiguration|InvalidRequest|NoSuchObjectLock/.test(error.name))
        return null
      throw error
    }
  }

  return {
    async put(file, lock) {
      try {
        const there = await standing(file)
        const isRight = there !== null && (await readBack(there, () => undefined)).kind === 'right'
        const object = isRight ? there : await send(file)
        if ('kind' in object) return object
        if (!isRight) {
          const back = await readBack(object, () => undefined)
          if (back.kind === 'changed') return back
        }
        const fault = lock === null ? null : await locked(object, lock)
        return fault ?? ({ kind: 'stored', object } satisfies PutOutcome)
      } catch (error) {
        return storeFaultOf(error)
      }
    },

    async fetch(object, path) {
      const draft = `${path}.part`
      try {
        await rm(draft, { force: true })
        const file = await open(draft, 'wx', 0o600)
        try {
          const back = await readBack(object, (chunk) => file.writeFile(chunk))
          if (back.kind === 'changed') return back
        } finally {
          await file.close()
        }
        await rename(draft, path)
        return { kind: 'fetched' }
      } catch (error) {
        const code = systemCode(error)
        if (['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO', 'ENOENT', 'EFBIG'].includes(code))
          return { kind: 'disk', reason: code }
        return faultOf(error)
      } finally {
        await rm(draft, { force: true })
      }
    },

    async present(object) {
      try {
        const { ContentLength: size } = await s3.send(new HeadObjectCommand(at(Bucket, object)))
        return size === object.bytes ? { kind: 'present' } : { kind: 'changed', found: `${size ?? 'unknown'} bytes` }
      } catch (error) {
        return faultOf(error)
      }
    },

    async remove(under) {
      try {
        for (const { key, id } of await unfinishedUnder(s3, Bucket, under))
          await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: key, UploadId: id }))
        for (let before = ''; ;) {
          const page = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: under }))
          const there = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]
          const listed = JSON.stringify(there.map(({ Key, VersionId }) => [Key, VersionId]))
          if (there.length > 0 && listed === before)
            return { kind: 'refused', reason: 'goes on listing what it said it removed' }
          before = listed
          for (const { Key, VersionId } of there) {
            if (Key === undefined || !Key.startsWith(under)) continue
            const refused = await removeOne({ key: Key, version: versionOf(VersionId) })
            if (refused !== null) return refused
          }
          if (there.length === 0) return { kind: 'removed' }
        }
      } catch (error) {
        return storeFaultOf(error)
      }
    },

    async check() {
      try {
        await s3.send(new HeadBucketCommand({ Bucket }))
        const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }))
        return { kind: 'ready', versioned: Status === 'Enabled', lockable: await hasLocks() }
      } catch (error) {
        const fault = faultOf(error)
        return fault.kind === 'missing' ? { kind: 'refused', reason: `there is no bucket \`${Bucket}\`` } : fault
      }
    },

    close: async () => s3.destroy(),
  }

  /** Null when it is gone; otherwise why not. */
  async function removeOne(object: Bucketed): Promise<Exclude<RemoveOutcome, { kind: 'removed' }> | null> {
    try {
      await s3.send(new DeleteObjectCommand(at(Bucket, object)))
      return null
    } catch (error) {
      const fault = faultOf(error)
      if (fault.kind === 'missing') return null
      const until = fault.kind === 'refused' ? await retentionOf(object) : null
      return until !== null && until > Date.now() ? { kind: 'locked', until } : fault
    }
  }

  async function hasLocks(): Promise<boolean> {
    try {
      const { ObjectLockConfiguration: found } = await s3.send(new GetObjectLockConfigurationCommand({ Bucket }))
      return found?.ObjectLockEnabled === 'Enabled'
    } catch (error) {
      // A store without locks answers so, or with 404, or does not know the question.
      const fault = faultOf(error)
      if (fault.kind === 'unreachable' && !/NotImplemented/.test(fault.reason)) throw error
      return false
    }
  }
}
