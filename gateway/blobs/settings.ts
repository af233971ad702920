// What the gateway has to know to reach an S3-compatible store, read from the configuration and the files it names before
// anything starts. A problem is reported with its field, as every other of a start is.

import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { Config } from '../config.ts'
import { outboundFault } from '../outbound.ts'
import { Secret } from '../secret.ts'
import { systemCode, type StartProblem } from '../start-problem.ts'

export interface S3Settings {
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  /** Before every name; empty, or ending in `/`. */
  readonly prefix: string
  readonly accessKey: Secret<string>
  readonly secretKey: Secret<string>
  readonly partBytes: number
  /** Parts under way at a time. */
  readonly parallel: number
  /** Certificates trusted, PEM; null takes those of the runtime. */
  readonly ca: readonly string[] | null
  /** How long the store may say nothing while it answers or takes a request, ms. */
  readonly quietMs: number
}

const keyLine = /^\s*(aws_access_key_id|aws_secret_access_key)\s*=\s*(\S+)\s*$/

/** The two keys of a credentials file as the tools of S3 use it; sections and everything else in it are passed over. */
export function parseCredentials(text: string): { readonly access: string; readonly secret: string } | null {
  const found = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const [, name, value] = keyLine.exec(line) ?? []
    if (name !== undefined && value !== undefined && !found.has(name)) found.set(name, value)
  }
  const access = found.get('aws_access_key_id')
  const secret = found.get('aws_secret_access_key')
  return access === undefined || secret === undefined ? null : { access, secret }
}

/** What S3 calls a bucket: it stands in addresses. */
const bucketForm = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const prefixForm = /^(?:[A-Za-z0-9][A-Za-z0-9._-]*\/)+$/

export type ReadS3 =
  /** Null: recordings stay on the local disk. */
  | { readonly kind: 'ok'; readonly s3: S3Settings | null }
  | { readonly kind: 'invalid'; readonly problems: readonly StartProblem[] }

/**
 * Reads what `recordings` names. Collects every problem; none of them holds what a file says.
 * @param ca certificates trusted for what leaves the gateway.
 */
export async function readS3({ recordings }: Config, ca: readonly string[] | null): Promise<ReadS3> {
  if (recordings.store === 'disk') return { kind: 'ok', s3: null }
  const { endpoint, region, bucket, prefix, credentialsFile, partMebibytes, parallel, quietSeconds } = recordings.s3
  const problems: StartProblem[] = []
  const report = (field: string, found: string, next: string): void => {
    problems.push({ field: `recordings.s3.${field}`, found, next })
  }
  if (endpoint === undefined) report('endpoint', 'is missing', 'name the address of the store')
  else {
    const fault = outboundFault(endpoint)
    if (fault !== null) report('endpoint', `\`${endpoint}\`: ${fault}`, 'name the address of the store')
  }
  if (bucket === undefined) report('bucket', 'is missing', 'name the bucket recordings go to')
  else if (!bucketForm.test(bucket) || isIP(bucket) !== 0)
    report('bucket', `\`${bucket}\`: cannot name a bucket`, 'take 3 to 63 of a-z, 0-9, `.` and `-`')
  if (prefix !== '' && !prefixForm.test(prefix))
    report(
      'prefix',
      `\`${prefix}\`: expected parts of letters, digits, \`.\`, \`_\` and \`-\`, each ending in \`/\``,
      'end it in `/`',
    )
  let keys: { readonly access: string; readonly secret: string } | null = null
  if (credentialsFile === undefined)
    report('credentialsFile', 'is missing', 'name a file with aws_access_key_id and aws_secret_access_key')
  else
    try {
      keys = parseCredentials(await readFile(credentialsFile, 'utf8'))
      if (keys === null)
        report(
          'credentialsFile',
          `\`${credentialsFile}\`: expected lines \`aws_access_key_id = …\` and \`aws_secret_access_key = …\``,
          'put both there',
        )
    } catch (error) {
      const code = systemCode(error)
      if (code === '') throw error
      const found = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`
      report('credentialsFile', `\`${credentialsFile}\`: ${found}`, 'put the file there for the gateway\u2019s user')
    }
  if (problems.length > 0 || endpoint === undefined || bucket === undefined || keys === null)
    return { kind: 'invalid', problems }
  return {
    kind: 'ok',
    s3: {
      endpoint,
      region,
      bucket,
      prefix,
      accessKey: new Secret(keys.access),
      secretKey: new Secret(keys.secret),
      partBytes: partMebibytes * 1024 * 1024,
      parallel,
      ca,
      quietMs: quietSeconds * 1_000,
    },
  }
}
