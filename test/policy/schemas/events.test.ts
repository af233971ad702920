// The published schema of ledger entries and the page made from the same schemas: as they are in code, and of one mind
// with the check that stands before every append.

import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkEvent, eventSchemas } from '../../../policy/index.ts'
import { eventThemes } from '../../../policy/events.ts'
import { eventReference } from '../../../policy/schemas/event-reference.ts'
import { entrySchema, sharedSchemas, titleOf } from '../../../policy/schemas/events.ts'
import { sampleOf, someOf } from '../events/sample-event.ts'

const root = join(import.meta.dirname, '../../..')
const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false })
const takes = ajv.compile(entrySchema)
const types = Object.keys(eventSchemas)

describe('the schema of ledger entries', () => {
  it('is published as it is in code', async () => {
    const text = `${JSON.stringify(entrySchema, null, 2)}\n`
    await expect(text).toMatchFileSnapshot(join(root, 'policy/schemas/events.schema.json'))
  })

  it('knows every type, each in one theme', () => {
    const inThemes = Object.values(eventThemes).flatMap((schemas) => Object.keys(schemas))
    expect(inThemes.toSorted()).toEqual(types.toSorted())
    expect(types.length).toBeGreaterThan(150)
  })

  it.each(types)('takes `%s` as the check does, and refuses with it what is otherwise', (type) => {
    const data = sampleOf(type)
    expect(checkEvent(type, data)).toEqual({ kind: 'known' })
    const entry = (of: unknown): unknown => ({ v: 1, at: 1, type, data: of })
    expect(takes(entry(data)), JSON.stringify(takes.errors?.slice(0, 2))).toBe(true)
    expect(takes(entry({ ...data, later: 1 }))).toBe(false)
    fc.assert(
      fc.property(someOf(data), (spoilt) => {
        expect(takes(entry(spoilt))).toBe(checkEvent(type, spoilt).kind === 'known')
      }),
      { numRuns: 20 },
    )
  })

  it('takes no entry of another type, version or time', () => {
    const data = { reason: 'stopped' }
    expect(takes({ v: 1, at: 1, type: 'gateway.stopped', data })).toBe(true)
    for (const spoilt of [
      { v: 2 },
      { at: -1 },
      { at: 1.5 },
      { type: 'gateway.paused' },
      { type: 'gateway.started' },
      { more: 1 },
    ])
      expect(takes({ v: 1, at: 1, type: 'gateway.stopped', data, ...spoilt }), JSON.stringify(spoilt)).toBe(false)
  })

  it('names each shared word once, and the whole of it', () => {
    const titles = [...sharedSchemas.keys()]
    expect(titles).toContain('EndReason')
    expect(titles).not.toContain('')
    for (const [title, schema] of sharedSchemas) expect(titleOf(schema)).toBe(title)
    const text = JSON.stringify(entrySchema)
    for (const [, name] of text.matchAll(/"#\/\$defs\/([^"]+)"/g)) expect([...titles, ...types]).toContain(name)
  })
})

describe('the page on ledger entries', () => {
  it('is published as it is made', async () => {
    await expect(eventReference()).toMatchFileSnapshot(join(root, 'docs/evidence-events.md'))
  })

  it('has a sentence and every field of every type', () => {
    const page = eventReference()
    for (const type of types) {
      const [, rest = ''] = page.split(`### \`${type}\`\n\n`)
      const [sentence = ''] = rest.split('\n')
      expect(sentence, type).toMatch(/^[A-Z`(].*\.$/)
      if (type === 'policy.decision') continue
      const [section = ''] = rest.split('\n##')
      for (const field of Object.keys(sampleOf(type))) expect(section, `${type} ${field}`).toContain(`| \`${field}`)
    }
  })
})
