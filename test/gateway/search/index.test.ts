// The index over recordings: what is found, what the file gives away, going on where it stopped, and what is damaged.

import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { describe, expect, it } from 'vitest'

import { IndexFile } from '../../../gateway/search/index-file.ts'
import { openScene, indexKey, sessionOf, startOf } from './scene.ts'

describe('the index', () => {
  it('finds what was shown and typed, newest session first, at its second', async () => {
    const scene = await openScene()
    await scene.sealed(1, 'Welcome\r\n$ systemctl restart pump\r\n', 'systemctl restart pump\r')
    await scene.sealed(2, 'the pump stopped\r\n')
    await scene.sealed(0, 'nothing of interest\r\n')
    expect(await scene.hits('pump')).toEqual(['2 shown 5', '1 shown 5', '1 typed 10'])
    expect(await scene.hits('pump in:typed')).toEqual(['1 typed 10'])
    expect(await scene.hits('"restart pump"')).toEqual(['1 shown 5', '1 typed 10'])
    expect(await scene.hits('"pump restart"')).toEqual([])
    expect(await scene.hits('pum*')).toEqual(['2 shown 5', '1 shown 5', '1 typed 10'])
    expect(await scene.hits('system* -restart')).toEqual([])
    expect(await scene.hits(`pump after:${new Date(startOf(2)).toISOString().slice(0, 16)}Z`)).toEqual(['2 shown 5'])
    expect(await scene.hits(`pump before:${new Date(startOf(2)).toISOString().slice(0, 16)}Z`)).toEqual([
      '1 shown 5',
      '1 typed 10',
    ])
  })

  it('finds commands, names of files, and sessions by who and what', async () => {
    const scene = await openScene()
    const { recording, job } = await scene.record(3)
    const exec = recording.openChannel({ kind: 'exec', command: 'tar xf /tmp/FB_Axis_12.tgz' })
    exec.data('in', [Buffer.from('echo from standard input\n')])
    exec.data('err', [Buffer.from('tar: 10.2.3.4: no route\n')])
    recording.openChannel({ kind: 'file', path: '/srv/recipes/line7.xml', direction: 'in' })
    await recording.seal({ status: 'complete', reason: 'client' })
    const fields = { person: ['eva', 'novak'], supplier: ['acme'], asset: ['plc-7'], plant: ['north'] }
    await scene.run(await job(true, { about: 'Eva Novak\nCHG-4711\nreplace the drive', fields }))
    expect(await scene.hits('FB_Axis_12 in:command')).toEqual(['3 command 0'])
    expect(await scene.hits('line7.xml in:file')).toEqual(['3 file 0'])
    expect(await scene.hits('10.2.3.4')).toEqual(['3 shown 0'])
    expect(await scene.hits('"standard input" in:typed')).toEqual(['3 typed 0'])
    expect(await scene.hits('chg-4711')).toEqual(['3 about 0'])
    expect(await scene.hits('asset:plc-7 person:NOVAK')).toEqual(['3 about 0'])
    expect(await scene.hits('tar asset:plc-7 in:shown')).toEqual(['3 shown 0'])
    expect(await scene.hits('tar asset:plc-8')).toEqual([])
  })

  it('gives pages that follow each other, without a hit twice or missing', async () => {
    const scene = await openScene()
    for (let n = 0; n < 7; n++) await scene.sealed(n, `pump ${n}\r\n`)
    const seen: string[] = []
    let before: number | null = null
    for (let page = 0; page < 10; page++) {
      const found = await scene.search('pump', { before, limit: 3 })
      seen.push(...found.hits.map(({ session }) => session))
      before = found.next
      if (before === null) break
    }
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map(sessionOf))
  })

  it('shows nothing of a session that may not be seen, and asks once for each', async () => {
    const scene = await openScene()
    await scene.sealed(0, 'pump\r\n', 'pump\r')
    await scene.sealed(1, 'pump\r\n', 'pump\r')
    const asked: string[] = []
    const { hits } = await scene.search('pump', {}, (session) => {
      asked.push(session)
      return session === sessionOf(0)
    })
    expect(new Set(hits.map(({ session }) => session))).toEqual(new Set([sessionOf(0)]))
    expect(asked).toEqual([sessionOf(1), sessionOf(0)])
  })

  it('holds no word of what it indexes', async () => {
    const scene = await openScene()
    await scene.sealed(0, 'xylophone zeppelin\r\n', 'quetzalcoatl\r', {
      about: 'abracadabra',
      fields: { person: ['rumpelstilzchen'], supplier: [], asset: [], plant: [] },
    })
    expect(await scene.hits('"xylophone zeppelin"')).toEqual(['0 shown 5'])
    for (const suffix of ['', '-wal']) {
      const bytes = readFileSync(`${scene.file}${suffix}`).toString('latin1').toLowerCase()
      for (const word of ['xylophone', 'zeppelin', 'quetzalcoatl', 'abracadabra', 'rumpelstilzchen', 'quet'])
        expect(bytes.includes(word), `${word} in ${suffix}`).toBe(false)
    }
    const { index: other, remade } = IndexFile.openOrMake(join(scene.root, 'other.sqlite'), Buffer.alloc(32, 8))
    expect(remade).toBe(false)
    expect(other.keys.word('pump')).not.toBe(scene.index.keys.word('pump'))
    other.close()
  })

  it('follows a living recording from where it stopped, also where a word or a key comes in two parts', async () => {
    const scene = await openScene()
    const { recording, job, pass } = await scene.record(0)
    const channel = recording.openChannel({ kind: 'pty', cols: 80, rows: 24 })
    channel.data('out', [Buffer.from('first line\r\nthe pu')])
    channel.data('in', [Buffer.from('sta')])
    await scene.run(await job(false))
    expect(await scene.hits('first')).toEqual(['0 shown 0'])
    pass(2_000)
    channel.data('out', [Buffer.from('mp runs\r\n')])
    channel.data('in', [Buffer.from('rt\r')])
    await scene.run(await job(false))
    const before = scene.index.counts()
    await scene.run(await job(false))
    expect(scene.index.counts()).toMatchObject({ passages: before.passages, partial: 1 })
    await recording.seal({ status: 'complete', reason: 'client' })
    scene.index.close()
    scene.index = IndexFile.openOrMake(scene.file, indexKey).index
    await scene.run(await job(true))
    expect(await scene.hits('"pump runs"')).toEqual(['0 shown 0'])
    expect(await scene.hits('start in:typed')).toEqual(['0 typed 0'])
    expect(await scene.hits('first')).toEqual(['0 shown 0'])
    expect(scene.index.counts()).toMatchObject({ recordings: 1, partial: 0, failed: 0 })
  })

  it('keeps what stands before the damage in a recording, and says that there is some', async () => {
    const scene = await openScene()
    const { recording, job } = await scene.record(0)
    const damaged = recording.openChannel({ kind: 'pty', cols: 80, rows: 24 })
    const whole = recording.openChannel({ kind: 'pty', cols: 80, rows: 24 })
    damaged.data('out', [Buffer.from('before the damage\r\n')])
    damaged.data('out', [Buffer.from('behind the damage\r\n')])
    whole.data('out', [Buffer.from('another channel\r\n')])
    await recording.seal({ status: 'complete', reason: 'client' })
    const path = join(recording.dir, '0000.stream')
    const bytes = readFileSync(path)
    bytes.writeUInt8((bytes.at(-70) ?? 0) ^ 1, bytes.length - 70)
    writeFileSync(path, bytes)
    expect(await scene.run(await job(true))).toMatchObject({
      kind: 'indexed',
      problem: expect.stringContaining('stream 0000'),
    })
    expect(await scene.hits('before')).toEqual(['0 shown 0'])
    expect(await scene.hits('behind')).toEqual([])
    expect(await scene.hits('another')).toEqual(['0 shown 0'])
    expect(scene.index.counts().failed).toBe(1)
  })

  it('leaves a recording alone that never gets on, and the others are indexed', async () => {
    const scene = await openScene()
    const facts = {
      session: sessionOf(0),
      startedAt: startOf(0),
      fields: { person: [], supplier: [], asset: [], plant: [] },
    }
    for (let tries = 0; tries < 3; tries++) expect(scene.index.begin(facts)).not.toBeNull()
    expect(scene.index.begin(facts)).toBeNull()
    expect(scene.index.state(sessionOf(0))).toBe('failed')
    await scene.sealed(1, 'pump\r\n')
    expect(await scene.hits('pump')).toEqual(['1 shown 5'])
  })

  it('forgets a session whole', async () => {
    const scene = await openScene()
    await scene.sealed(0, 'pump zero\r\n')
    await scene.sealed(1, 'pump one\r\n')
    scene.index.forget(sessionOf(0))
    scene.index.forget(sessionOf(5))
    expect(await scene.hits('pump')).toEqual(['1 shown 5'])
    expect(scene.index.counts().recordings).toBe(1)
    expect(statSync(`${scene.file}-wal`).size).toBe(0)
    await scene.sealed(2, 'pump two\r\n')
    expect(await scene.hits('pum*')).toEqual(['2 shown 5', '1 shown 5'])
  })

  it('is made anew where it is damaged, or was made with another key', async () => {
    const scene = await openScene()
    await scene.sealed(0, 'pump\r\n')
    scene.index.close()
    const other = IndexFile.openOrMake(scene.file, Buffer.alloc(32, 9))
    expect(other.remade).toBe(true)
    expect(other.index.counts().recordings).toBe(0)
    other.index.close()
    writeFileSync(scene.file, Buffer.alloc(40_000, 0x55))
    const again = IndexFile.openOrMake(scene.file, indexKey)
    expect(again.remade).toBe(true)
    again.index.close()
    expect(IndexFile.openToRead(join(scene.root, 'none.sqlite'), indexKey)).toBeNull()
  })

  it.each(['create table meta (other text)', 'create table passage (id integer)'])(
    'is made anew where something else stands: %s',
    async (table) => {
      const scene = await openScene()
      const file = join(scene.root, 'other.sqlite')
      const db = new DatabaseSync(file)
      db.exec(table)
      db.close()
      const { index, remade } = IndexFile.openOrMake(file, indexKey)
      expect(remade).toBe(true)
      expect(index.counts().recordings).toBe(0)
      index.close()
    },
  )

  it('shows no passage that was put in the place of another', async () => {
    const scene = await openScene()
    await scene.sealed(0, 'pump alpha\r\n')
    await scene.sealed(1, 'pump beta\r\n')
    scene.index.db.exec('update passage set sealed = (select sealed from passage where side = 1 order by id limit 1)')
    expect(await scene.hits('pump')).toEqual(['0 shown 5'])
  })
})
