// What is asked of the settings of an object store before anything starts.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseCredentials, readS3 } from '../../../gateway/blobs/settings.ts'
import { parseConfig, type Config } from '../../../gateway/config.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sp-s3-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function configWith(recordings: unknown): Config {
  const parsed = parseConfig(
    {
      ssh: { hostKeys: ['host.key'] },
      https: { certificate: 'tls.pem', key: 'tls.key' },
      evidence: {
        origin: 'plant.example/ledger',
        key: 'evidence.key',
        recipients: ['age1qqqqqqqqqqqqqqqq'],
        replayIdentity: 'replay.agekey',
      },
      recordings,
    },
    {},
    folder,
  )
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.join('; '))
  return parsed.config
}

describe('the settings of an object store', () => {
  it('are not asked for while recordings stay on the disk', async () => {
    expect(await readS3(configWith({ s3: { endpoint: 'nonsense' } }), null)).toEqual({ kind: 'ok', s3: null })
  })

  it('name the bucket, the prefix, and the login from its file, which prints as a secret', async () => {
    await writeFile(join(folder, 'login'), '[default]\naws_access_key_id = AK\naws_secret_access_key=very-secret\n')
    const s3 = { endpoint: 'https://s3.plant.example', bucket: 'recs', prefix: 'north/', credentialsFile: 'login' }
    const read = await readS3(configWith({ store: 's3', s3 }), ['a CA'])
    expect(read).toMatchObject({
      kind: 'ok',
      s3: { bucket: 'recs', prefix: 'north/', ca: ['a CA'], partBytes: 8_388_608 },
    })
    expect(JSON.stringify(read)).not.toContain('very-secret')
    expect(read.kind === 'ok' && read.s3?.secretKey.expose()).toBe('very-secret')
  })

  it('are refused all at once, field by field, without a word of what a file says', async () => {
    await writeFile(join(folder, 'login'), 'aws_access_key_id = AK\nsecret: very-secret\n')
    const s3 = { endpoint: 'http://s3.plant.example', bucket: 'No_Bucket', prefix: '../up', credentialsFile: 'login' }
    const read = await readS3(configWith({ store: 's3', s3 }), null)
    if (read.kind === 'ok') throw new Error('they were taken')
    expect(read.problems.map(({ field }) => field)).toEqual(
      ['endpoint', 'bucket', 'prefix', 'credentialsFile'].map((name) => `recordings.s3.${name}`),
    )
    expect(JSON.stringify(read.problems)).not.toContain('very-secret')
  })

  it('say what is missing', async () => {
    const read = await readS3(configWith({ store: 's3' }), null)
    if (read.kind === 'ok') throw new Error('they were taken')
    expect(read.problems.map(({ found }) => found)).toEqual(['is missing', 'is missing', 'is missing'])
    const none = await readS3(
      configWith({ store: 's3', s3: { endpoint: 'https://s3.example', bucket: 'recs', credentialsFile: 'not-there' } }),
      null,
    )
    expect(none).toMatchObject({
      problems: [{ field: 'recordings.s3.credentialsFile', found: expect.stringContaining('is not there') }],
    })
  })
})

describe('a credentials file', () => {
  it('gives the first of each key, in any order, and nothing where one is missing', () => {
    expect(parseCredentials('aws_secret_access_key=s\r\n# x\naws_access_key_id = a\naws_access_key_id = b')).toEqual({
      access: 'a',
      secret: 's',
    })
    expect(parseCredentials('aws_access_key_id = a')).toBeNull()
    expect(parseCredentials('aws_access_key_id =\naws_secret_access_key = s')).toBeNull()
  })
})
