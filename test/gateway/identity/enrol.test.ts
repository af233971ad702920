import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { enrol, parsePublicKey, type Enrolment } from '../../../gateway/identity/enrol.ts'
import { Secret } from '../../../gateway/secret.ts'
import { ledgerOf, openBase, type Base } from '../../support/memory-store.ts'

const good: Enrolment = {
  login: 'alice',
  displayName: 'Service engineer',
  roles: ['vendor'],
  supplier: 'acme-drives',
  plants: ['north'],
  password: null,
  keys: [],
}

let base: Base
beforeEach(async () => {
  base = await openBase()
})
afterEach(() => base.store.close())

describe('enrolment', () => {
  it('makes a password where none is given, and keeps the name out of the ledger', async () => {
    const enrolled = await enrol(base, good)
    expect(enrolled.kind === 'ok' && enrolled.password?.expose().length).toBeGreaterThanOrEqual(20)
    const [entry] = await ledgerOf(base.store)
    expect(entry?.type).toBe('identity.created')
    expect(JSON.stringify(entry)).not.toContain('alice')
  })

  it('reports everything that is wrong at once and writes nothing', async () => {
    const enrolled = await enrol(base, {
      login: 'Alice!',
      displayName: ' ',
      roles: ['vendor', 'king'],
      supplier: null,
      plants: ['NORTH'],
      password: new Secret('short'),
      keys: ['ssh-dss AAAA'],
    })
    expect(enrolled.kind === 'invalid' && enrolled.problems).toHaveLength(7)
    expect(await base.store.evidence.size()).toBe(0)
  })

  it('refuses a login that is taken', async () => {
    await enrol(base, good)
    expect(await enrol(base, good)).toMatchObject({ kind: 'invalid', problems: [expect.stringContaining('taken')] })
  })
})

describe('a public key line', () => {
  it.each([
    '',
    'ssh-ed25519',
    'ssh-ed25519 AAAA',
    'ssh-dss AAAAB3NzaC1kc3M=',
    // The type inside the blob is ssh-rsa.
    'ssh-ed25519 AAAAB3NzaC1yc2EAAAADAQAB',
    'command="rm -rf /" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILAni/fNd09F2OLZBFWpYmIGtHbpY3PmPcRPsRL0MeyC',
  ])('is refused when it is `%s`', (line) => {
    expect(parsePublicKey(line)).toHaveProperty('problem')
  })

  it('is kept without its comment', () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILAni/fNd09F2OLZBFWpYmIGtHbpY3PmPcRPsRL0MeyC'
    expect(parsePublicKey(`${key} laptop\n`)).toMatchObject({ key, label: 'laptop' })
  })
})
