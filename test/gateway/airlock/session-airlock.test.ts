// Files in quarantine: what becomes of each, what is written of it, what is left on disk.

import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Settled } from '../../../gateway/airlock/airlock.ts'
import { mostTold } from '../../../gateway/airlock/refusals.ts'
import { openRoom } from '../../../gateway/airlock/room.ts'
import { openLog } from '../../../gateway/log.ts'
import {
  allowance,
  bring,
  never,
  offer,
  openAirlockScene,
  silent,
  type AirlockScene,
} from '../../support/airlock-scene.ts'
import { eventually } from '../../support/eventually.ts'
import { idOf } from '../../support/ids.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { hasPart, partPath } from '../../support/parts.ts'

const run = promisify(execFile)
const digestOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

let scene: AirlockScene
beforeEach(async () => {
  scene = await openAirlockScene()
})
afterEach(() => scene.close())

const types = async (): Promise<readonly string[]> => {
  const all = (await ledgerOf(scene.store)).map(({ type }) => type)
  return all.filter((type) => type.startsWith('file.'))
}
const actor = (person: AirlockScene['approver']) => ({ person, mfa: [], source: null })

describe('a file that may cross after a look', () => {
  it('is let go by the rules, read back as it came, delivered, and gone from the spool', async () => {
    const content = randomBytes(300_000)
    const file = await bring(scene.airlock(), content)
    const said: string[] = []
    expect(await file.settle((text) => said.push(text), never)).toEqual({
      kind: 'released',
      size: content.length,
      sha256: digestOf(content),
    })
    expect(said).toHaveLength(1)
    expect(Buffer.from(await file.read(100, 299_900)).equals(content.subarray(100))).toBe(true)
    await file.delivered(null)
    expect(await readdir(scene.spool)).toEqual([])
    expect(await types()).toEqual(['file.transfer_requested', 'file.scanned', 'file.released', 'file.delivered'])
    const stored = await scene.store.fileTransfers.list({}, { limit: 9, before: null })
    expect(stored).toMatchObject([{ state: 'delivered', path: '/srv/in/fw.bin', outcome: 'clean', size: 300_000 }])
  })

  it('is kept once under its digest, however often it comes, and `age` opens it', async () => {
    const content = randomBytes(200_001)
    for (const path of ['/srv/in/a', '/srv/in/b']) {
      const file = await bring(scene.airlock(), content, offer({}, path))
      await file.settle(silent, never)
      await file.delivered(null)
    }
    expect(await readdir(scene.shelfFolder)).toEqual([`${digestOf(content)}.age`])
    const kept = join(scene.shelfFolder, `${digestOf(content)}.age`)
    expect((await readFile(kept)).includes(content.subarray(0, 32))).toBe(false)
    if (!hasPart('age')) return
    const identity = join(scene.folder, 'identity')
    await writeFile(identity, scene.identity)
    const { stdout } = await run(partPath('age'), ['-d', '-i', identity, kept], { encoding: 'buffer', maxBuffer: 1e7 })
    expect(stdout.equals(content)).toBe(true)
  })

  it('has the digest of what it is in the end, whatever the order it came in', async () => {
    const taken = await scene.airlock().takeIn(offer())
    if (taken.kind === 'refused') throw new Error(taken.text)
    const { file } = taken
    await file.write(5, Buffer.from('world'))
    await file.write(0, Buffer.from('hello'))
    await file.write(0, Buffer.from('J'))
    await file.write(10, Buffer.from('!!!'))
    await file.truncate(11)
    expect(await file.settle(silent, never)).toMatchObject({ sha256: digestOf(Buffer.from('Jelloworld!')), size: 11 })
  })

  it('that is too large is refused with its bound, and nothing of it stays', async () => {
    const file = await bring(scene.airlock(), randomBytes(100_000), offer({ largest: 70_000 }))
    expect(await file.settle(silent, never)).toEqual({
      kind: 'refused',
      text: 'it is larger than the 70000 bytes the plant lets through',
    })
    expect(await readdir(scene.spool)).toEqual([])
    expect(await types()).toEqual(['file.transfer_requested', 'file.blocked'])
  })

  it('is not taken in where the disk is needed for recordings', async () => {
    const full = { take: () => Promise.resolve('the gateway has no room for it now') }
    expect(await scene.airlock({ room: full }).takeIn(offer())).toEqual({
      kind: 'refused',
      text: 'the gateway has no room for it now',
    })
    expect(await types()).toEqual(['file.step_refused'])
  })

  it('is refused in words where the free space of the disk cannot be read', async () => {
    const room = openRoom({
      space: () => Promise.reject(new Error('statfs failed')),
      thresholds: { refusePercent: 5 },
      log: openLog('silent'),
    })
    expect(await scene.airlock({ room }).takeIn(offer())).toEqual({
      kind: 'refused',
      text: 'the gateway cannot tell whether it has room for it: tell the plant',
    })
    expect(await types()).toEqual(['file.step_refused'])
  })

  it('breaks off with its session, which is said', async () => {
    const airlock = scene.airlock()
    await bring(airlock, randomBytes(1_000))
    await airlock.close()
    expect(await readdir(scene.spool)).toEqual([])
    expect(await types()).toEqual(['file.transfer_requested', 'file.broken_off'])
    expect(await airlock.takeIn(offer())).toMatchObject({ kind: 'refused', text: 'the session is over' })
  })

  it('is refused when it holds malware, by whatever rule, and stays with the plant', async () => {
    scene.verdict = { ...scene.verdict, verdict: 'infected', found: 'Eicar-Test' }
    const content = randomBytes(64)
    scene.declared = [{ name: 'fw.bin', sha256: digestOf(content) }]
    const file = await bring(scene.airlock(), content, offer({ crossing: 'release', withoutVerdict: 'pass' }))
    expect(await file.settle(silent, never)).toMatchObject({
      kind: 'refused',
      text: 'the malware scanner found Eicar-Test in it: it stays with the plant',
    })
    expect(await readdir(scene.shelfFolder)).toEqual([`${digestOf(content)}.age`])
    expect(await types()).toEqual(['file.transfer_requested', 'file.scanned', 'file.blocked'])
  })
})

describe('a file that a person lets go', () => {
  const needsPerson = offer({ crossing: 'release' })
  async function waitingId() {
    return eventually('a file waits', async () => {
      const [found] = await scene.store.fileTransfers.inState(['waiting'])
      return found !== undefined && scene.decisions.isAwaited(found.id) ? found.id : null
    })
  }

  it('goes on while the client waits, by somebody who answers for the plant', async () => {
    const file = await bring(scene.airlock(), randomBytes(10), needsPerson)
    const settling = file.settle(silent, never)
    const id = await waitingId()
    await scene.decisions.release(actor(scene.approver), id, 'looked at it')
    expect(await settling).toMatchObject({ kind: 'released' })
    await file.delivered(null)
    expect((await scene.store.fileTransfers.byId(id))?.decided).toMatchObject({ by: scene.approver.id })
    expect(await types()).toEqual([
      'file.transfer_requested',
      'file.scanned',
      'file.held',
      'file.released',
      'file.delivered',
    ])
  })

  it.each(['vendor', 'colleague'] as const)('is not let go by its %s, which is evidence', async (who) => {
    const file = await bring(scene.airlock({ waitMs: 0 }), randomBytes(10), needsPerson)
    await file.settle(silent, never)
    await expect(scene.decisions.release(actor(scene[who]), idOf.file(file.id), 'mine')).rejects.toMatchObject({
      code: 'policy-denied',
    })
    expect((await types()).at(-1)).toBe('file.release_refused')
  })

  it('is held when nobody answers, and passes at once when it comes again after its release', async () => {
    const content = randomBytes(1_000)
    const first = await bring(scene.airlock({ waitMs: 0 }), content, needsPerson)
    const held = await first.settle(silent, never)
    expect(held).toEqual({
      kind: 'held',
      text: 'it waits for a person of the plant to let it go: send it again once it was let go',
    })
    expect(await readdir(scene.spool)).toEqual([])
    await scene.decisions.release(actor(scene.approver), idOf.file(first.id), 'fine')
    const again = await bring(scene.airlock({ waitMs: 0 }), content, needsPerson)
    expect(await again.settle(silent, never)).toMatchObject({ kind: 'released' })
    const elsewhere = await bring(scene.airlock({ waitMs: 0 }), content, offer({ crossing: 'release' }, '/etc/passwd'))
    expect(await elsewhere.settle(silent, never)).toMatchObject({ kind: 'held' })
    const other = await bring(scene.airlock({ waitMs: 0 }), randomBytes(1_000), needsPerson)
    expect(await other.settle(silent, never)).toMatchObject({ kind: 'held' })
  })

  it('waits once however often it comes: the same content for the same path joins what waits', async () => {
    const content = randomBytes(1_000)
    for (let i = 0; i < 3; i++) {
      const file = await bring(scene.airlock({ waitMs: 0 }), content, needsPerson)
      expect(await file.settle(silent, never)).toMatchObject({ kind: 'held' })
    }
    const waiting = await scene.store.fileTransfers.inState(['waiting'])
    expect(waiting).toHaveLength(1)
    expect((await scene.store.fileTransfers.inState(['joined'])).map(({ found }) => found?.sha256)).toEqual([
      digestOf(content),
      digestOf(content),
    ])
    expect((await types()).filter((type) => type === 'file.held')).toHaveLength(1)
    const joined = (await ledgerOf(scene.store)).filter(({ type }) => type === 'file.joined')
    expect(joined.map(({ data }) => data['waiting'])).toEqual([waiting[0]?.id, waiting[0]?.id])
    const elsewhere = await bring(scene.airlock({ waitMs: 0 }), content, offer({ crossing: 'release' }, '/srv/in/b'))
    await elsewhere.settle(silent, never)
    expect(await scene.store.fileTransfers.inState(['waiting'])).toHaveLength(2)
  })

  it('is let go by one word for every client that waits for it', async () => {
    const content = randomBytes(1_000)
    const files = [
      await bring(scene.airlock(), content, needsPerson),
      await bring(scene.airlock(), content, needsPerson),
    ]
    const settling = files.map((file) => file.settle(silent, never))
    await eventually('one waits with the other', async () => {
      const { length } = await scene.store.fileTransfers.inState(['waiting', 'joined'])
      return length === 2
    })
    await scene.decisions.release(actor(scene.approver), await waitingId(), 'looked at it')
    expect(await Promise.all(settling)).toMatchObject([{ kind: 'released' }, { kind: 'released' }])
    for (const file of files) await file.delivered(null)
    const stored = await scene.store.fileTransfers.list({}, { limit: 9, before: null })
    expect(stored.map(({ state }) => state)).toEqual(['delivered', 'delivered'])
    expect(new Set(stored.map(({ outcome }) => outcome))).toEqual(new Set(['person', 'released-before']))
    expect(await readdir(scene.spool)).toEqual([])
  })

  it('is refused where as many wait as one person may have, and its content is not kept', async () => {
    const tight = { waitMs: 0, mostWaiting: 2 }
    for (const path of ['/srv/in/a', '/srv/in/b']) {
      const file = await bring(scene.airlock(tight), randomBytes(10), offer({ crossing: 'release' }, path))
      expect(await file.settle(silent, never)).toMatchObject({ kind: 'held' })
    }
    const kept = await readdir(scene.shelfFolder)
    const third = await bring(scene.airlock(tight), randomBytes(10), needsPerson)
    expect(await third.settle(silent, never)).toEqual({
      kind: 'refused',
      text: 'too many of your files wait for a person of the plant already: ask the plant to decide on those first',
    })
    expect(await readdir(scene.shelfFolder)).toEqual(kept)
    expect((await ledgerOf(scene.store)).at(-1)).toMatchObject({
      type: 'file.blocked',
      data: { because: 'too-many-waiting' },
    })
    const free = await bring(scene.airlock(tight), randomBytes(10), offer({}, '/srv/in/c'))
    expect(await free.settle(silent, never)).toMatchObject({ kind: 'released' })
  })

  it('tells the client the reason of a no', async () => {
    const file = await bring(scene.airlock(), randomBytes(10), needsPerson)
    const settling = file.settle(silent, never)
    await scene.decisions.refuse(actor(scene.approver), await waitingId(), 'not this week')
    expect(await settling).toEqual({ kind: 'refused', text: 'the plant refused it: not this week' })
    expect(await readdir(scene.spool)).toEqual([])
  })

  it('is waited for no longer than the client and the session are there', async () => {
    const gone = new AbortController()
    const airlock = scene.airlock()
    const one = (await bring(airlock, randomBytes(10), needsPerson)).settle(silent, gone.signal)
    const other = (await bring(airlock, randomBytes(11), needsPerson)).settle(silent, never)
    await eventually('both wait', async () => (await scene.store.fileTransfers.inState(['waiting'])).length === 2)
    gone.abort()
    expect(await one).toMatchObject({ kind: 'held' })
    await airlock.close()
    expect(await other).toMatchObject({ kind: 'held' })
    expect(await scene.store.fileTransfers.inState(['waiting'])).toHaveLength(2)
  })

  it('needs nobody where its digest was declared, and cannot cross where it had to be and was not', async () => {
    const content = randomBytes(500)
    scene.declared = [{ name: 'fw.bin', sha256: digestOf(content) }]
    const declaredOnly = offer({ crossing: 'release', declaredOnly: true })
    const file = await bring(scene.airlock(), content, declaredOnly)
    expect(await file.settle(silent, never)).toMatchObject({ kind: 'released' })
    const other = await bring(scene.airlock(), randomBytes(500), declaredOnly)
    expect(await other.settle(silent, never)).toMatchObject({ kind: 'refused' } satisfies Partial<Settled>)
  })
})

describe('what happens later', () => {
  it('says at a start what broke off, and what waited still waits', async () => {
    const airlock = scene.airlock({ waitMs: 0 })
    const waits = await bring(airlock, randomBytes(10), offer({ crossing: 'release' }))
    await waits.settle(silent, never)
    await bring(airlock, randomBytes(10))
    await scene.upkeep.recover()
    const states = (await scene.store.fileTransfers.list({}, { limit: 9, before: null })).map(({ state }) => state)
    expect(states.toSorted()).toEqual(['broken-off', 'waiting'])
    expect((await types()).at(-1)).toBe('file.broken_off')
  })

  it('ends what waits when the access is over', async () => {
    const waits = await bring(scene.airlock({ waitMs: 0 }), randomBytes(10), offer({ crossing: 'release' }))
    await waits.settle(silent, never)
    await scene.upkeep.lapse()
    expect(await scene.store.fileTransfers.byId(idOf.file(waits.id))).toMatchObject({
      state: 'refused',
      outcome: 'unanswered',
    })
  })

  it('ends nothing that somebody let go of at the same moment', async () => {
    const waits = await bring(scene.airlock({ waitMs: 0 }), randomBytes(10), offer({ crossing: 'release' }))
    await waits.settle(silent, never)
    await Promise.all([
      scene.decisions.release(actor(scene.approver), idOf.file(waits.id), 'known'),
      scene.upkeep.lapse(),
    ])
    const said = (await types()).filter((type) => type === 'file.released' || type === 'file.blocked')
    expect(said).toHaveLength(1)
  })

  it('deletes a kept content when its day has come, not before, and writes what it was', async () => {
    const file = await bring(scene.airlock(), randomBytes(10))
    await file.settle(silent, never)
    await file.delivered(null)
    await scene.upkeep.clean()
    expect(await readdir(scene.shelfFolder)).toHaveLength(1)
    scene.clock.at += 20 * 366 * 86_400_000
    await scene.upkeep.clean()
    expect(await readdir(scene.shelfFolder)).toEqual([])
    expect((await types()).at(-1)).toBe('file.deleted')
  })

  it('keeps steps as evidence: what changed and what was refused, not what was looked at', async () => {
    const airlock = scene.airlock()
    const step = { program: 'sftp', path: '/srv/in/a', to: null, refused: null } as const
    await airlock.stepped({ ...step, step: 'list' })
    await airlock.stepped({ ...step, step: 'rename', to: '/srv/in/b' })
    await airlock.stepped({ ...step, step: 'list', refused: 'no rule lets it' })
    await airlock.crossed({ ...offer(), allowance: allowance(), bytes: 12, sha256: null })
    expect(await types()).toEqual(['file.changed', 'file.step_refused', 'file.crossed'])
  })

  it('writes a refused step once however often it is tried, on whatever channel, and at the end how often', async () => {
    const airlock = scene.airlock()
    const step = { program: 'sftp', step: 'write', path: '/etc/passwd', to: null, refused: 'no rule lets it' } as const
    await Promise.all(Array.from({ length: 500 }, () => airlock.stepped(step)))
    await airlock.stepped({ ...step, step: 'delete' })
    expect(await types()).toEqual(['file.step_refused', 'file.step_refused'])
    await airlock.close()
    const [first, , counted] = await ledgerOf(scene.store)
      .then((all) => all.filter(({ type }) => type.startsWith('file.')))
      .then((all) => all.map(({ data }) => data))
    expect(counted).toMatchObject({
      steps: [{ program: 'sftp', step: 'write', path: first?.['path'], to: null, times: 500 }],
      others: 0,
    })
  })

  it('writes no more than a bounded number of refused steps, and in one entry how many were more', async () => {
    const airlock = scene.airlock()
    const step = { program: 'sftp', step: 'read', to: null, refused: 'no rule lets it' } as const
    for (let i = 0; i < 2 * mostTold + 3; i++) await airlock.stepped({ ...step, path: `/srv/${i % (mostTold + 3)}` })
    expect(await types()).toHaveLength(mostTold)
    await airlock.close()
    const last = (await ledgerOf(scene.store)).at(-1)
    expect(last).toMatchObject({ type: 'file.refusals_counted', data: { others: 3 } })
    expect(last?.data['steps']).toHaveLength(mostTold)
    expect((await types()).filter((type) => type === 'file.refusals_counted')).toHaveLength(1)
  })
})

describe('a client that is not honest', () => {
  it('fills no disk by claiming a length it did not send: what is kept has to have room, too', async () => {
    let left = 1_000_000
    const room = {
      take: (bytes: number) => Promise.resolve((left -= bytes) < 0 ? 'the gateway has no room for it now' : null),
    }
    const taken = await scene.airlock({ room }).takeIn(offer())
    if (taken.kind === 'refused') throw new Error(taken.text)
    await taken.file.truncate(40_000_000)
    expect(await taken.file.settle(silent, never)).toEqual({
      kind: 'refused',
      text: 'the gateway has no room for it now',
    })
    expect([await readdir(scene.shelfFolder), await readdir(scene.spool)]).toEqual([[], []])
    expect((await ledgerOf(scene.store)).at(-1)).toMatchObject({ type: 'file.blocked', data: { because: 'no-room' } })
  })
})
