// Erasing personal data: the values go, the tree stays, and nothing goes that is held or still has to be kept.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { generateOpensshKey } from '../../../certs-dev/openssh-key.ts'
import { enrol } from '../../../gateway/identity/enrol.ts'
import { changeMachine, registerMachine } from '../../../gateway/identity/machines.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore } from '../../../gateway/store/store.ts'
import { mint } from '../../../gateway/clock.ts'
import type { ErasureSubject, PlantId } from '../../../policy/index.ts'
import { codeOf } from '../../support/access-scene.ts'
import { dayMs, openCustodyScene, type CustodyScene } from '../../support/custody-scene.ts'
import { ledgerOf, openBase } from '../../support/memory-store.ts'
import { idOf } from '../../support/ids.ts'

let stage: CustodyScene
beforeEach(async () => {
  stage = await openCustodyScene()
})
afterEach(() => stage.close())

const vendor = (): ErasureSubject => ({ kind: 'person', id: stage.scene.visitor.person.id })
const past = (days = 401): void => void (stage.scene.clock.at += days * dayMs)
const rootNow = async (size: number) => Buffer.from(await stage.scene.store.evidence.root(size)).toString('hex')
/** What the entries of a type still say of a field. */
async function valueOf(type: string, field: string): Promise<string | undefined> {
  const [data] = await stage.events(type)
  const name = String(data?.[field])
  return (await stage.scene.store.evidence.disclosed([name])).get(name)
}
async function erased(subject: ErasureSubject) {
  const { id } = await stage.custody.erasures.propose(stage.manager, subject, 'asked for')
  return stage.custody.erasures.confirm(stage.auditor, id, 'agreed')
}

describe('erasing what is kept of a person', () => {
  it('finds what their machine accounts left, and nothing of the machines of others', async () => {
    const { store, clock, approver } = stage.scene
    const register = async (login: string, owner: string) => {
      const made = await registerMachine(
        { store, clock },
        {
          login,
          owner,
          displayName: login,
          purpose: `reads counters for ${owner}`,
          supplier: null,
          plants: ['north'],
          until: '2099-12-31',
          sources: ['10.20.0.0/29'],
          keys: [generateOpensshKey(login).public],
        },
        null,
      )
      if (made.kind === 'invalid') throw new Error(made.problems.join())
      return made.person
    }
    const owner: ErasureSubject = { kind: 'person', id: approver.id }
    const { erasable, kept } = await stage.custody.erasures.look(owner)
    const one = await register('svc-one', 'approver')
    const mine = await stage.custody.erasures.look(owner)
    // Its login, its purpose and its network.
    expect(mine.erasable + mine.kept - erasable - kept).toBe(3)
    await enrol(stage.scene, {
      login: 'foreman',
      displayName: 'foreman',
      roles: ['approver'],
      supplier: null,
      plants: ['north'],
      password: null,
      keys: [],
    })
    await register('svc-two', 'foreman')
    expect(await stage.custody.erasures.look(owner)).toEqual(mine)
    await changeMachine({ store, clock }, one, { until: '2098-12-31', reason: 'shorter' }, null)
    const changed = await stage.custody.erasures.look(owner)
    expect(changed.erasable + changed.kept).toBeGreaterThan(mine.erasable + mine.kept)
  })

  it('takes out every value of theirs and leaves the tree and other people as they were', async () => {
    const session = await stage.sealed()
    const { store } = stage.scene
    past()
    const size = await store.evidence.size()
    const root = await rootNow(size)
    const before = await stage.custody.erasures.look(vendor())
    expect(before).toMatchObject({ held: 0, kept: 0 })
    expect(await valueOf('session.started', 'source')).toBe('192.0.2.7')
    const done = await erased(vendor())
    expect(done).toMatchObject({ state: 'done', count: before.erasable })
    expect(await valueOf('session.started', 'source')).toBeUndefined()
    expect((await store.sessions.byId(session))?.source).toBe('erased')
    expect(await rootNow(size)).toBe(root)
    expect(await stage.custody.erasures.look(vendor())).toEqual({ erasable: 0, held: 0, kept: 0 })
    const [entry] = await stage.events('evidence.erased')
    expect(entry).toMatchObject({
      subject: vendor(),
      part: 1,
      parts: 1,
      proposedBy: stage.manager.person.id,
      by: stage.auditor.person.id,
    })
    expect(entry?.['commitments']).toHaveLength(before.erasable)
    const another = await stage.custody.erasures.look({ kind: 'person', id: stage.scene.approver.id })
    expect(another.erasable).toBeGreaterThan(0)
  })

  it('reaches paths of files in sessions of theirs, and what rows say of them in clear', async () => {
    const session = await stage.sealed()
    const { store, clock, visitor, approver } = stage.scene
    const at = clock.now()
    const id = mint.fileTransfer(at)
    const stored = await store.sessions.byId(session)
    if (stored === null) throw new Error('no session')
    const common = {
      session,
      grant: stored.grant,
      person: visitor.person.id,
      supplier: visitor.person.supplier,
      asset: stored.asset,
      plant: 'north' as PlantId,
      program: 'sftp',
      direction: 'in',
    } as const
    const rules = { rules: ['drop'], crossing: 'release', withoutVerdict: 'hold', declaredOnly: false } as const
    const path = '/home/vera.vendor/private.zip'
    await store.change(async (tx) => {
      await tx.fileTransfers.insert({ ...common, ...rules, id, path, releasedBy: [], retention: [], askedAt: at })
      const entry = { ...common, ...rules, rules: ['drop'], file: id, labels: [], path: await tx.ledger.commit(path) }
      await tx.ledger.append('file.transfer_requested', at, entry)
      const step = { session, asset: stored.asset, program: 'sftp', step: 'delete', to: null } as const
      await tx.ledger.append('file.changed', at, { ...step, path: await tx.ledger.commit(path) })
      await tx.fileTransfers.step(id, ['receiving'], {
        state: 'delivered',
        found: {
          size: 1,
          sha256: 'a'.repeat(64),
          contentType: 'ZIP archive',
          archive: {
            entries: 1,
            bytes: 1,
            names: [{ name: 'vera.txt', size: 1 }],
            oddities: ['holds further archives'],
          },
          declaredAs: 'private.zip',
          verdict: { verdict: 'clean', found: null, engine: null, signaturesAt: null, why: null },
        },
        decided: { by: approver.id, at, reason: 'vera asked me' },
      })
      await tx.ledger.append('file.released', at, {
        file: id,
        session,
        sha256: 'a'.repeat(64),
        because: 'person',
        by: approver.id,
        reason: await tx.ledger.commit('vera asked me'),
      })
    })
    past()
    await erased(vendor())
    expect([await valueOf('file.transfer_requested', 'path'), await valueOf('file.changed', 'path')]).toEqual([
      undefined,
      undefined,
    ])
    // What the approver wrote is theirs, and goes with them.
    expect(await store.fileTransfers.byId(id)).toMatchObject({
      path: 'erased',
      found: {
        declaredAs: 'erased',
        archive: { entries: 1, names: [], oddities: ['holds further archives'] },
      },
      decided: { reason: 'vera asked me' },
    })
    await erased({ kind: 'person', id: approver.id })
    expect(await store.fileTransfers.byId(id)).toMatchObject({ decided: { reason: 'erased' } })
  })

  it('leaves what is younger than its class keeps, and refuses where that is all', async () => {
    await stage.sealed()
    expect(await codeOf(stage.custody.erasures.propose(stage.manager, vendor(), 'asked for'))).toBe('evidence-kept')
    past()
    await stage.sealed()
    const { erasable, kept } = await stage.custody.erasures.look(vendor())
    expect(erasable).toBeGreaterThan(0)
    expect(kept).toBeGreaterThan(0)
    await erased(vendor())
    expect(await stage.custody.erasures.look(vendor())).toEqual({ erasable: 0, held: 0, kept })
  })

  it('is refused while a legal hold covers it, also one that was set after it was proposed', async () => {
    const session = await stage.sealed()
    past()
    const { erasures, holds } = stage.custody
    const { id } = await erasures.propose(stage.manager, vendor(), 'asked for')
    await holds.hold(stage.manager, {
      target: { kind: 'supplier', id: idOf.supplier('acme-drives') },
      span: null,
      reason: 'claim',
      reference: 'C-1',
    })
    expect(await codeOf(erasures.confirm(stage.auditor, id, 'agreed'))).toBe('evidence-kept')
    expect(await codeOf(erasures.propose(stage.manager, vendor(), 'again'))).toBe('evidence-kept')
    expect(await valueOf('session.started', 'source')).toBe('192.0.2.7')
    expect((await stage.scene.store.sessions.byId(session))?.source).not.toBe('erased')
    expect(await stage.events('evidence.erased')).toEqual([])
  })

  it('needs two people, neither of them the person', async () => {
    await stage.sealed()
    past()
    const { erasures } = stage.custody
    const { id } = await erasures.propose(stage.manager, vendor(), 'asked for')
    expect(await codeOf(erasures.confirm(stage.manager, id, 'me again'))).toBe('policy-denied')
    const { person } = stage.scene.visitor
    expect(await codeOf(erasures.confirm({ person, mfa: ['totp'], source: null }, id, 'mine'))).toBe('policy-denied')
    await erasures.withdraw(stage.auditor, id, 'not agreed')
    expect(await codeOf(erasures.confirm(stage.auditor, id, 'after all'))).toBe('state-conflict')
    expect((await stage.events('evidence.step_refused')).map(({ code }) => code)).toEqual(['own-proposal', 'own-data'])
  })
})

describe('erasing one value', () => {
  it('takes out that one alone', async () => {
    await stage.sealed()
    past()
    const [started] = await stage.events('session.started')
    const commitment = started?.['source'] as `sha256:${string}`
    const before = await stage.custody.erasures.look(vendor())
    expect(await erased({ kind: 'commitment', commitment })).toMatchObject({ count: 1 })
    expect((await stage.custody.erasures.look(vendor())).erasable).toBe(before.erasable - 1)
  })

  it('is told where nothing is kept of it', async () => {
    const commitment = `sha256:${'0'.repeat(64)}` as const
    expect(await codeOf(erased({ kind: 'commitment', commitment }))).toBe('not-found')
  })

  it('names them in entries that the ledger can hold, however many there are', async () => {
    const { store, clock } = stage.scene
    const person = stage.scene.visitor.person.id
    await store.change(async (tx) => {
      for (let n = 0; n < 1_200; n++)
        await tx.ledger.append('session.feature_refused', clock.now(), {
          session: null,
          person,
          feature: 'other',
          detail: await tx.ledger.commit(`feature ${n}`),
        })
    })
    past()
    await erased(vendor())
    const entries = (await ledgerOf(store)).filter(({ type }) => type === 'evidence.erased')
    expect(entries.map(({ data }) => data['part'])).toEqual([1, 2, 3])
    expect(new Set(entries.flatMap(({ data }) => data['commitments'] as string[])).size).toBeGreaterThan(1_200)
  })
})

it('leaves nothing of a value in the file of the store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sp-erased-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'store.sqlite')
  const { store, clock } = await openBase(file)
  const value = 'a telephone number nobody should find again'
  const holdsIt = async (): Promise<boolean> => (await readFile(file)).includes(value)
  const name = await store.change(async ({ ledger }) => {
    const commitment = await ledger.commit(value)
    await ledger.append('gateway.stopped', clock.now(), { reason: commitment })
    return commitment
  })
  await store.close()
  expect(await holdsIt()).toBe(true)
  const again = await openStore(openSqlite(file))
  await again.bookkeep((tx) => tx.erasures.erase([name]))
  await again.close()
  expect(await holdsIt()).toBe(false)
})
