// Copying a recording's file to a real object store on this machine, read back and all, against a bare PUT of the same
// file with curl and a copy on the disk; and how long the gateway's thread was held up meanwhile.

import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { copyFile, mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { promisify } from 'node:util'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { openMover } from '../../../gateway/blobs/mover.ts'
import { Secret } from '../../../gateway/secret.ts'
import { startRadosgw } from '../../support/radosgw.ts'

export interface ObjectStorePlan {
  /** Of the file that is copied. */
  readonly bytes: number
}

export interface ObjectStoreFindings {
  readonly bytes: number
  /** Milliseconds for the whole file. */
  readonly copyMs: number
  readonly curlMs: number
  /** In parts, and read back. */
  readonly putMs: number
  readonly fetchMs: number
  /** Longest time the thread that asked was held up, ms. */
  readonly heldUpMs: number
}

const run = promisify(execFile)
const bucket = 'bench'
const mebibyte = 1024 * 1024

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

async function makeFile(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'wx')
  try {
    for (let left = bytes; left > 0; left -= mebibyte) await file.writeFile(randomBytes(Math.min(left, mebibyte)))
    await file.sync()
  } finally {
    await file.close()
  }
}

export async function measureObjectStore(
  { bytes }: ObjectStorePlan,
  folder: string,
  say: (text: string) => void,
): Promise<ObjectStoreFindings> {
  await mkdir(join(folder, 'ceph'), { recursive: true })
  const path = join(folder, 'file')
  await makeFile(path, bytes)
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
  say('object-store: starting the server')
  const server = await startRadosgw(join(folder, 'ceph'))
  const { endpoint, accessKey, secretKey } = server
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey }
  const aside = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
  const blobs = openMover({
    endpoint,
    region: 'us-east-1',
    bucket,
    prefix: '',
    accessKey: new Secret(accessKey),
    secretKey: new Secret(secretKey),
    partBytes: 8 * mebibyte,
    parallel: 3,
    ca: null,
    quietMs: 60_000,
  })
  try {
    await aside.send(new CreateBucketCommand({ Bucket: bucket }))
    // The first object makes the server's pools.
    const payload = 'x-amz-content-sha256: UNSIGNED-PAYLOAD'
    const words = ['-sSf', '--aws-sigv4', 'aws:amz:us-east-1:s3', '-H', payload, '-u', `${accessKey}:${secretKey}`]
    const curl = (file: string, key: string) => run('curl', [...words, '-T', file, `${endpoint}/${bucket}/${key}`])
    await curl(join(folder, 'ceph', 'ceph.conf'), 'first')
    await blobs.check()
    say('object-store: copying')
    const copyMs = await timed(() => copyFile(path, join(folder, 'copy')))
    const curlMs = await timed(() => curl(path, 'by-curl'))
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const putMs = await timed(async () => {
      const outcome = await blobs.put({ path, key: 'ours', bytes, sha256 }, null)
      if (outcome.kind !== 'stored') throw new Error(`the file was not stored: ${JSON.stringify(outcome)}`)
    })
    delay.disable()
    const object = { key: 'ours', bytes, sha256, version: null }
    const fetchMs = await timed(async () => {
      const outcome = await blobs.fetch(object, join(folder, 'fetched'))
      if (outcome.kind !== 'fetched') throw new Error(`the file was not fetched: ${JSON.stringify(outcome)}`)
    })
    return { bytes, copyMs, curlMs, putMs, fetchMs, heldUpMs: delay.max / 1e6 }
  } finally {
    await blobs.close()
    aside.destroy()
    await server.stop()
  }
}
