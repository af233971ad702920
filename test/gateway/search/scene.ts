// Recordings made by the recorder itself and an index of them, in a folder that is gone after the test.

import { join } from 'node:path'

import { createRecording, type Recording, unwrapSessionKey } from '../../../recorder/index.ts'
import { find, type Found } from '../../../gateway/search/find.ts'
import { IndexFile } from '../../../gateway/search/index-file.ts'
import { indexRecording, type Indexed, type Job } from '../../../gateway/search/indexing.ts'
import { parseQuery } from '../../../gateway/search/query.ts'
import { makeEscrow, makeFolder, signer, type Escrow } from '../../recorder/sample.ts'

export const firstStart = Date.UTC(2026, 0, 5, 8)
export const indexKey = Buffer.alloc(32, 7)

/** The nth session of a day, an hour apart. */
export const sessionOf = (n: number): string => `ses_${String(n).padStart(26, '0')}`
export const startOf = (n: number): number => firstStart + n * 3_600_000

export interface Recorded {
  readonly recording: Recording
  /** The clock of the recording goes on by so many ms. */
  pass(ms: number): void
  job(isSealed: boolean, known?: Partial<Pick<Job, 'about' | 'fields'>>): Promise<Job>
}

export interface SearchScene {
  readonly file: string
  readonly root: string
  readonly escrow: Escrow
  index: IndexFile
  record(n: number): Promise<Recorded>
  /** A sealed recording of one terminal in which this was shown and typed, indexed. */
  sealed(n: number, shown: string, typed?: string, known?: Partial<Pick<Job, 'about' | 'fields'>>): Promise<void>
  run(job: Job): Promise<Indexed>
  search(
    query: string,
    page?: { before?: number | null; limit?: number },
    may?: (session: string) => boolean,
  ): Promise<Found>
  /** Sessions found, by their number, with the side and second of each hit. */
  hits(query: string): Promise<string[]>
}

const noFields = { person: [], supplier: [], asset: [], plant: [] }

export async function openScene(): Promise<SearchScene> {
  const root = makeFolder()
  const file = join(root, 'index.sqlite')
  const escrow = await makeEscrow()
  const scene: SearchScene = {
    file,
    root,
    escrow,
    index: IndexFile.openOrMake(file, indexKey).index,
    async record(n) {
      let ms = 0n
      const recording = await createRecording({
        root,
        sessionId: sessionOf(n),
        meta: {},
        recipients: [escrow.recipient],
        now: () => startOf(n) + Number(ms),
        monotonic: () => ms * 1_000_000n,
        signer,
      })
      return {
        recording,
        pass: (by) => void (ms += BigInt(by)),
        job: async (isSealed, known = {}) => ({
          session: sessionOf(n),
          startedAt: startOf(n),
          fields: known.fields ?? noFields,
          about: known.about ?? '',
          dir: recording.dir,
          key: await unwrapSessionKey(recording.dir, [escrow.identity]),
          isSealed,
        }),
      }
    },
    async sealed(n, shown, typed = '', known = {}) {
      const { recording, job, pass } = await scene.record(n)
      const channel = recording.openChannel({ kind: 'pty', cols: 80, rows: 24, term: 'xterm' })
      pass(5_000)
      channel.data('out', [Buffer.from(shown)])
      pass(5_000)
      if (typed !== '') channel.data('in', [Buffer.from(typed)])
      await recording.seal({ status: 'complete', reason: 'client' })
      await scene.run(await job(true, known))
    },
    run: (job) => indexRecording(scene.index, job, () => undefined),
    async search(query, { before = null, limit = 25 } = {}, may = () => true) {
      const parsed = parseQuery(query)
      if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('; '))
      return find(scene.index, parsed.query, { before, limit }, async (session) => may(session))
    },
    async hits(query) {
      const { hits } = await scene.search(query)
      return hits.map(({ session, side, atMs }) => `${Number(session.slice(4))} ${side} ${atMs / 1_000}`)
    },
  }
  return scene
}
