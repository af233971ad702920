// Every target of the fuzzer, for a short time and with the same seed in every run; `npm run fuzz` goes on from there. Also that
// the list in test/recorder/README.md is that of the targets, and that no reader of the formats is left out.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { bytesFor } from './target.ts'
import { openTargets, type OpenTargets } from './targets.ts'

const top = join(import.meta.dirname, '..', '..')
const names = [...readFileSync(join(top, 'test/recorder/README.md'), 'utf8').matchAll(/^\| `([a-z-]+)` \|/gm)].map(
  ([, name]) => name ?? '',
)

describe('whatever bytes come', () => {
  let open: OpenTargets
  beforeAll(async () => {
    open = await openTargets()
  })
  afterAll(() => open.close())

  it('is what the README lists', () => {
    const rows = open.targets.map(
      ({ name, promise, reads }) => `| \`${name}\` | ${promise} | ${reads.map((read) => `\`${read}\``).join(', ')} |`,
    )
    expect(readFileSync(join(top, 'test/recorder/README.md'), 'utf8')).toContain(rows.join('\n'))
    expect(names).toEqual(open.targets.map(({ name }) => name))
  })

  it('is tried on every parser of the recorder and of what the gateway reads from others', () => {
    const tried = new Set(open.targets.flatMap(({ reads }) => reads))
    const folders = [
      'recorder',
      'gateway/backup',
      'gateway/blobs',
      'gateway/search',
      'gateway/tickets',
      'gateway/guards',
      'gateway/identity/certificates',
      'gateway/airlock',
      'gateway/brokers',
    ]
    const parsers = folders.flatMap((folder) =>
      readdirSync(join(top, folder), { recursive: true, withFileTypes: true })
        .filter((item) => item.isFile() && item.name.endsWith('.ts'))
        .map((item) => join(item.parentPath, item.name))
        .flatMap((file) =>
          [...readFileSync(file, 'utf8').matchAll(/^export (?:async )?function (parse[A-Z]\w*)/gm)].map(
            ([, parser]) => `${relative(top, file)}: ${parser ?? ''}`,
          ),
        ),
    )
    expect(parsers.length).toBeGreaterThan(15)
    expect(parsers.filter((parser) => !tried.has(parser))).toEqual([])
  })

  it.each(names)('keeps its promise: %s', { timeout: 120_000 }, async (name) => {
    const target = open.targets.find((each) => each.name === name)
    if (target === undefined) throw new Error(`no target \`${name}\``)
    const property = fc.asyncProperty(bytesFor(target), async (bytes) => target.judge(bytes))
    await fc.assert(property, { seed: 20_260_101, numRuns: target.share ?? 100 })
  })
})
