// Target: what an object store answers, or whoever stands in its place: a small server on this machine gives any bytes with any
// status to every request, and the gateway's side of it has to end, with an outcome that is one of its words.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { openS3 } from '../../gateway/blobs/s3.ts'
import { Secret } from '../../gateway/secret.ts'
import type { FuzzTarget } from './target.ts'

const xml = (body: string): string => `<?xml version="1.0" encoding="UTF-8"?>${body}`
const answers = [
  '<ListVersionsResult><Name>b</Name><IsTruncated>false</IsTruncated><Version><Key>a/seal</Key><VersionId>1</VersionId></Version></ListVersionsResult>',
  '<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a/seal</NextKeyMarker></ListVersionsResult>',
  '<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a/0000.stream</NextKeyMarker><Upload><Key>a/0000.stream</Key><UploadId>u</UploadId><Initiated>2026-01-01T00:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>',
  '<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker><Part><PartNumber>1</PartNumber><ETag>"x"</ETag></Part></ListPartsResult>',
  '<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>',
  '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>',
  '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
  '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>',
].map((body, i) => Buffer.concat([Buffer.of(i === 4 ? 4 : 0), Buffer.from(xml(body))]))
const statuses = [200, 204, 206, 301, 404, 403, 409, 400]

export interface StoreAnswers {
  readonly target: FuzzTarget
  stop(): Promise<void>
}

/** Starts the server; the first byte of an input chooses the status. */
export async function startStoreAnswers(folder: string): Promise<StoreAnswers> {
  mkdirSync(folder, { recursive: true })
  let answer: Buffer = Buffer.alloc(1)
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    request.resume()
    request.on('end', () => {
      response.writeHead(statuses[(answer[0] ?? 0) % statuses.length] ?? 200, { 'content-type': 'application/xml' })
      response.end(request.method === 'HEAD' ? undefined : answer.subarray(1))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const blobs = openS3({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    bucket: 'evidence',
    prefix: '',
    accessKey: new Secret('access'),
    secretKey: new Secret('secret'),
    partBytes: 1024,
    parallel: 2,
    ca: null,
    quietMs: 5_000,
  })
  const content = Buffer.alloc(3_000, 7)
  const path = join(folder, 'file')
  writeFileSync(path, content)
  const file = {
    path,
    key: 'a/0000.stream',
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  }
  const target: FuzzTarget = {
    name: 'store-answers',
    reads: [
      'gateway/blobs/s3.ts: openS3',
      'gateway/blobs/s3-parts.ts: sendParts',
      'gateway/blobs/s3-fault.ts: faultOf',
    ],
    promise: 'each call ends soon, with one of its outcomes, and nothing is stored or fetched that is not the file',
    samples: answers,
    share: 10,
    async judge(bytes) {
      answer = bytes
      asked = 0
      const object = { key: file.key, bytes: file.bytes, sha256: file.sha256, version: null }
      const isWhole = bytes.subarray(1).equals(content)
      const put = await blobs.put(file, null)
      assert.ok(['stored', 'changed', 'unreachable', 'refused'].includes(put.kind), put.kind)
      if (put.kind === 'stored') assert.ok(isWhole, 'stored what was not read back')
      const target = join(folder, 'fetched')
      const fetched = await blobs.fetch(object, target)
      assert.equal(fetched.kind === 'fetched', isWhole && fetched.kind !== 'missing' && fetched.kind !== 'refused')
      rmSync(target, { force: true })
      await blobs.present(object)
      await blobs.remove('a/')
      await blobs.check()
      assert.ok(asked < 200, `${asked} requests for five calls`)
    },
  }
  return {
    target,
    stop: async () => {
      await blobs.close()
      server.closeAllConnections()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}
