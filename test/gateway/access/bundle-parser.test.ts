// Reading bundles in another process: the same answer as in place, and an end to what takes too much.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
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

  it('rejects where no more files can be opened, ends nothing else, and reads the next one', async () => {
    const program = `
      import { closeSync, openSync } from 'node:fs'
      const { openBundleParser } = await import(process.argv[1])
      const parser = openBundleParser()
      const files = new Map([['scope.yaml', '']])
      await parser.read(files)
      const open = []
      try { for (;;) open.push(openSync('/dev/null')) } catch (error) { if (error.code !== 'EMFILE') throw error }
      closeSync(open.pop())
      const said = await parser.read(files).catch(({ code }) => code)
      open.forEach((each) => closeSync(each))
      const { kind } = await parser.read(files)
      process.stdout.write(said + ' ' + kind)`
    const module = new URL('../../../gateway/access/bundle-parser.ts', import.meta.url).href
    const argv = ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', program, module]
    const { stdout } = await promisify(execFile)('sh', argv)
    expect(stdout).toBe('EMFILE invalid')
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
