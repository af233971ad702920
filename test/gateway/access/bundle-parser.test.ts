// Reading bundles in another process: the same answer as in place, and an end to what takes too much.

import { afterEach, describe, expect, it } from 'vitest'
import { openBundleParser, parserLimits, type BundleParser } from '../../../gateway/access/bundle-parser.ts'
import { readBundle } from '../../../policy/index.ts'
import { smallFiles } from '../../policy/bundle/small-bundle.ts'

// A process starts in half a second on an idle machine.
const patience = 60_000
const open: BundleParser[] = []
afterEach(() => Promise.all(open.splice(0).map((parser) => parser.close())))

function parserOf(limits: Partial<typeof parserLimits> = {}): BundleParser {
  const parser = openBundleParser({ ...parserLimits, ...limits })
  open.push(parser)
  return parser
}

/** Far more than a heap of a few megabytes holds. */
const huge = (): Map<string, string> => smallFiles().set('register.yaml', `controls: [${'{a: 1},'.repeat(250_000)}]`)

describe('the reader of bundles', { timeout: patience }, () => {
  it('reads what reading in place reads, with the warnings', async () => {
    const files = smallFiles()
    files.set('access.yaml', files.get('access.yaml') ?? '')
    expect(await parserOf().read(files)).toEqual(readBundle(files))
  })

  it('names the same problems', async () => {
    const files = smallFiles()
    files.delete('zones.yaml')
    files.set('scope.yaml', 'plants: [')
    const reading = await parserOf().read(files)
    expect(reading).toEqual(readBundle(files))
    expect(reading.kind).toBe('invalid')
  })

  it('breaks off a bundle that takes too much memory, and reads the next one', async () => {
    const parser = parserOf({ megabytes: 64 })
    const [broken, next] = await Promise.all([parser.read(huge()), parser.read(smallFiles())])
    expect(broken).toEqual({
      kind: 'too-costly',
      reason: expect.stringMatching(/^checking the bundle took more than 64 MB of memory: /),
    })
    expect(next.kind).toBe('ok')
  })

  it('breaks off a bundle that takes too long', async () => {
    // No process starts in a millisecond.
    expect(await parserOf({ seconds: 0.001 }).read(smallFiles())).toEqual({
      kind: 'too-costly',
      reason: expect.stringContaining('more than 0.001 seconds'),
    })
  })

  it('lets few wait, and says so to the others', async () => {
    const parser = parserOf({ waiting: 1 })
    const first = parser.read(smallFiles())
    await expect(parser.read(smallFiles())).rejects.toMatchObject({ code: 'too-many-requests' })
    expect((await first).kind).toBe('ok')
    expect((await parser.read(smallFiles())).kind).toBe('ok')
  })

  it('ends what is under way when it is closed, and starts nothing more', async () => {
    const parser = parserOf()
    const under = [parser.read(smallFiles()), parser.read(smallFiles())].map((reading) =>
      reading.then(
        ({ kind }) => kind,
        (error: Error) => error.message,
      ),
    )
    await parser.close()
    for (const said of await Promise.all(under)) expect(said).toMatch(/ended early: SIGKILL|the gateway is stopping/)
    await expect(parser.read(smallFiles())).rejects.toThrow('the gateway is stopping')
  })
})
