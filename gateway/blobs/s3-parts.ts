// Uploading a large file in parts. A try that was broken off, by a crash too, is gone on with: the store is asked which
// parts it has, and those that are what we would send are not sent again. The digest of the whole is made on the way and
// compared with what the seal says before the parts become an object.

import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { LocalFile } from './blobs.ts'

/** What S3 takes at most, and the least size of a part that is not the last. */
const mostParts = 10_000
const mebibyte = 1024 * 1024

export type PartsOutcome =
  | { readonly kind: 'sent'; readonly version: string | null }
  | { readonly kind: 'local-damaged'; readonly found: string }

interface Part {
  readonly PartNumber: number
  readonly ETag: string
}

/** The same for the same file and setting, so that a later try cuts it where the earlier did. */
export function partBytesFor(bytes: number, wanted: number): number {
  return Math.max(wanted, Math.ceil(bytes / mostParts / mebibyte) * mebibyte)
}

/** Every unfinished upload whose name begins so, the newest first. */
export async function unfinishedUnder(
  s3: S3Client,
  Bucket: string,
  under: string,
): Promise<readonly { readonly key: string; readonly id: string }[]> {
  const found: { key: string; id: string; at: number }[] = []
  let marker: { KeyMarker?: string; UploadIdMarker?: string } = {}
  for (;;) {
    const page = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: under, ...marker }))
    for (const { Key: key, UploadId: id, Initiated } of page.Uploads ?? [])
      if (key !== undefined && id !== undefined && key.startsWith(under))
        found.push({ key, id, at: Initiated?.getTime() ?? 0 })
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = page
    // A store that sends us round and round has told what it has.
    const isSame = NextKeyMarker === marker.KeyMarker && NextUploadIdMarker === marker.UploadIdMarker
    if (IsTruncated !== true || NextKeyMarker === undefined || isSame) break
    marker = {
      KeyMarker: NextKeyMarker,
      ...(NextUploadIdMarker !== undefined && { UploadIdMarker: NextUploadIdMarker }),
    }
  }
  return found.toSorted((a, b) => b.at - a.at)
}

/** ETag by part number. It is the part's MD5 where the store does not encrypt with keys of its own. */
async function partsThere(s3: S3Client, Bucket: string, Key: string, UploadId: string): Promise<Map<number, string>> {
  const there = new Map<number, string>()
  let marker: { PartNumberMarker?: string } = {}
  for (;;) {
    const page = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId, ...marker }))
    for (const { PartNumber, ETag } of page.Parts ?? [])
      if (PartNumber !== undefined && ETag !== undefined) there.set(PartNumber, ETag)
    const { IsTruncated, NextPartNumberMarker: next } = page
    if (IsTruncated !== true || next === undefined || next === marker.PartNumberMarker) return there
    marker = { PartNumberMarker: next }
  }
}

/** Reads as much as there is, up to the size of the buffer. */
async function fill(file: FileHandle, buffer: Buffer<ArrayBuffer>, position: number): Promise<Buffer<ArrayBuffer>> {
  let length = 0
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, position + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

/**
 * Sends the file. Holds `parallel` parts in memory and no more.
 * @throws what the SDK throws, once no part is under way any more; what was sent is then gone on with by the next try.
 */
export async function sendParts(
  s3: S3Client,
  Bucket: string,
  { key: Key, bytes, sha256 }: LocalFile,
  file: FileHandle,
  { partBytes, parallel }: { readonly partBytes: number; readonly parallel: number },
): Promise<PartsOutcome> {
  const unfinished = await unfinishedUnder(s3, Bucket, Key)
  const [newest, ...older] = unfinished.filter(({ key }) => key === Key).map(({ id }) => id)
  for (const UploadId of older) await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
  const there = newest === undefined ? new Map<number, string>() : await partsThere(s3, Bucket, Key, newest)
  const begin = async (): Promise<string> => {
    const made = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, Metadata: { sha256 } }))
    if (made.UploadId === undefined) throw Object.assign(new Error('no upload id'), { code: 'no upload id answered' })
    return made.UploadId
  }
  const UploadId = newest ?? (await begin())

  const whole = createHash('sha256')
  const parts: Part[] = []
  const underway = new Set<Promise<void>>()
  const spare = Array.from({ length: parallel }, () => Buffer.allocUnsafe(Math.min(partBytes, bytes)))
  const failed: unknown[] = []
  async function send(PartNumber: number, buffer: Buffer<ArrayBuffer>, Body: Buffer<ArrayBuffer>): Promise<void> {
    try {
      const md5 = createHash('md5').update(Body).digest()
      const etag = `"${md5.toString('hex')}"`
      if (there.get(PartNumber) === etag) {
        parts.push({ PartNumber, ETag: etag })
        return
      }
      const ContentMD5 = md5.toString('base64')
      const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ContentMD5 }))
      parts.push({ PartNumber, ETag: ETag ?? etag })
    } catch (error) {
      failed.push(error)
    } finally {
      spare.push(buffer)
    }
  }
  let offset = 0
  for (let number = 1; failed.length === 0; number++) {
    if (spare.length === 0) await Promise.race(underway)
    const buffer = spare.pop()
    if (buffer === undefined) throw new Error('no buffer free after a part was sent')
    const part = await fill(file, buffer, offset)
    if (part.length === 0) break
    offset += part.length
    whole.update(part)
    const sending = send(number, buffer, part)
    underway.add(sending)
    void sending.finally(() => underway.delete(sending))
  }
  await Promise.all(underway)
  if (failed.length > 0) throw failed[0]
  const digest = whole.digest('hex')
  if (offset !== bytes || digest !== sha256) {
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
    return { kind: 'local-damaged', found: `${offset} bytes with SHA-256 ${digest}` }
  }
  const Parts = parts.toSorted((a, b) => a.PartNumber - b.PartNumber)
  const done = await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }))
  return { kind: 'sent', version: done.VersionId ?? null }
}
