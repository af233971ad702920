// What doctor says of an object store that is not there, and of none.

import { describe, expect, it } from 'vitest'
import { checkObjectStore } from '../../../gateway/cli/checks/object-store.ts'
import { parseConfig } from '../../../gateway/config.ts'
import { Secret } from '../../../gateway/secret.ts'
import { freePort } from '../../support/sshd.ts'

const parsed = parseConfig(
  {
    dataFolder: '/nowhere',
    ssh: { hostKeys: ['host.key'] },
    https: { certificate: 'tls.pem', key: 'tls.key' },
    evidence: {
      origin: 'plant.example/ledger',
      key: 'evidence.key',
      recipients: ['age1qqqqqqqqqqqqqqqq'],
      replayIdentity: 'replay.agekey',
    },
  },
  {},
  '/',
)
if (parsed.kind === 'invalid') throw new Error(parsed.problems.join('; '))
const { config } = parsed

describe('doctor on the object store', () => {
  it('says that recordings stay on the disk where none is set', async () => {
    expect(await checkObjectStore(config, null)).toEqual([
      { what: 'object store', state: 'ok', found: 'none: recordings stay on the local disk', next: '' },
    ])
  })

  it('warns of one that does not answer, without its login', async () => {
    const port = await freePort()
    const [check] = await checkObjectStore(config, {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      bucket: 'recordings',
      prefix: '',
      accessKey: new Secret('AK'),
      secretKey: new Secret('very-secret'),
      partBytes: 8 * 1024 * 1024,
      parallel: 1,
      ca: null,
      quietMs: 2_000,
    })
    expect(check).toEqual({
      what: 'object store',
      state: 'warn',
      found: `bucket recordings at 127.0.0.1:${port}: ECONNREFUSED`,
      next: 'recordings stay on the local disk meanwhile, and are tried again',
    })
  })
})
