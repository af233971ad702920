// Search by itself: how fast a recording is read into the index and how large that gets, and how long queries take over
// many recordings. The processor's time stands beside the clock's, which other programs on the machine lengthen.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { find } from '../../../gateway/search/find.ts'
import { IndexFile } from '../../../gateway/search/index-file.ts'
import { indexRecording } from '../../../gateway/search/indexing.ts'
import { type Passage, Passages } from '../../../gateway/search/passages.ts'
import { parseQuery } from '../../../gateway/search/query.ts'
import { createRecording, unwrapSessionKey } from '../../../recorder/index.ts'
import { signerOf } from '../../recorder/sample-keys.ts'
import { quantile } from '../figures.ts'
import { draw, logText, numbersFrom, wordAt } from './text.ts'

export interface SearchPlan {
  /** Terminal output of the recording that is indexed. */
  readonly bytes: number
  /** Recordings that are searched, and the text in each. */
  readonly recordings: number
  readonly charactersEach: number
  /** Queries of each kind. */
  readonly queries: number
}

export interface QueryFigures {
  readonly what: string
  /** Milliseconds. */
  readonly median: number
  readonly most: number
  /** Share of the queries that found anything. */
  readonly found: number
}

export interface SearchFindings {
  /** Bytes of recording a second, by the clock and by the processor's time. */
  readonly indexRate: number
  readonly indexCpuRate: number
  /** Size of the index in bytes of text. */
  readonly ratio: number
  readonly recordings: number
  readonly characters: number
  readonly queries: readonly QueryFigures[]
}

const noFields = { person: [], supplier: [], asset: [], plant: [] }
const sessionOf = (n: number): string => `ses_${String(n).padStart(26, '0')}`
const began = Date.UTC(2026, 0, 1)

async function measureIndexing(plan: SearchPlan, folder: string) {
  const identity = await generateX25519Identity()
  const recording = await createRecording({
    root: folder,
    sessionId: sessionOf(0),
    meta: {},
    recipients: [await identityToRecipient(identity)],
    now: Date.now,
    monotonic: () => process.hrtime.bigint(),
    signer: signerOf(1),
  })
  const channel = recording.openChannel({ kind: 'pty', cols: 120, rows: 40 })
  const random = numbersFrom(1)
  let bytes = 0
  while (bytes < plan.bytes) {
    const text = Buffer.from(logText(random, 16_384))
    channel.data('out', [text])
    bytes += text.length
  }
  await recording.seal({ status: 'complete', reason: 'client' })
  const key = await unwrapSessionKey(recording.dir, [identity])
  const file = join(folder, 'one.sqlite')
  const { index } = IndexFile.openOrMake(file, Buffer.alloc(32, 1))
  const from = performance.now()
  const cpu = process.cpuUsage()
  const job = { session: sessionOf(0), startedAt: began, fields: noFields, about: 'bench', dir: recording.dir, key }
  await indexRecording(index, { ...job, isSealed: true }, () => undefined)
  const used = process.cpuUsage(cpu)
  const seconds = (performance.now() - from) / 1_000
  index.close()
  return {
    indexRate: bytes / seconds,
    indexCpuRate: bytes / ((used.user + used.system) / 1e6),
    ratio: statSync(file).size / bytes,
  }
}

function fill(index: IndexFile, plan: SearchPlan): number {
  const random = numbersFrom(2)
  let characters = 0
  for (let n = 0; n < plan.recordings; n++) {
    const row = index.begin({
      session: sessionOf(n),
      startedAt: began + n * 300_000,
      fields: { ...noFields, asset: [`plc-${n % 50}`] },
    })
    if (row === null) throw new Error('a recording of the bench is left alone')
    const passages: Passage[] = []
    const shown = new Passages('shown', (passage) => passages.push(passage))
    for (const text of logText(random, plan.charactersEach).split('\r\n')) shown.add({ text, marks: [[0, 0]] })
    shown.flush()
    index.add(row, 0, passages, null)
    index.finish(sessionOf(n), 'whole', null)
    characters += passages.reduce((sum, { text }) => sum + text.length, 0)
  }
  return characters
}

/** @param folder of its own, empty. */
export async function measureSearch(
  plan: SearchPlan,
  folder: string,
  say: (text: string) => void,
): Promise<SearchFindings> {
  const indexing = await measureIndexing(plan, folder)
  say(`search: indexed at ${(indexing.indexRate / 1e6).toFixed(1)} MB/s`)
  const { index } = IndexFile.openOrMake(join(folder, 'many.sqlite'), Buffer.alloc(32, 1))
  const characters = fill(index, plan)
  say(`search: ${plan.recordings} recordings indexed`)
  const random = numbersFrom(3)
  const address = (): string => `10.2.${Math.floor(random() * 16)}.${Math.floor(random() * 255)}`
  const kinds: readonly (readonly [what: string, make: () => string])[] = [
    ['a frequent word', () => wordAt(Math.floor(random() * 20))],
    ['a rare word', () => wordAt(20_000 + Math.floor(random() * 9_000))],
    ['an address', address],
    ['two words', () => `${draw(random)} ${draw(random)}`],
    ['a phrase of two words', () => `"${draw(random)} ${draw(random)}"`],
    ['the beginning of a word', () => `${wordAt(Math.floor(random() * 20_000)).slice(0, 4)}*`],
    ['a word on one asset', () => `${draw(random)} asset:plc-${Math.floor(random() * 50)}`],
    ['a word that is nowhere', () => `zz${Math.floor(random() * 1e6)}`],
  ]
  const queries: QueryFigures[] = []
  for (const [what, make] of kinds) {
    const samples: number[] = []
    let found = 0
    for (let n = 0; n < plan.queries; n++) {
      const parsed = parseQuery(make())
      if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('; '))
      const from = performance.now()
      const { hits } = await find(index, parsed.query, { before: null, limit: 25 }, async () => true)
      samples.push(performance.now() - from)
      if (hits.length > 0) found++
    }
    queries.push({ what, median: quantile(samples, 0.5), most: quantile(samples, 0.99), found: found / plan.queries })
  }
  index.close()
  return { ...indexing, recordings: plan.recordings, characters, queries }
}
