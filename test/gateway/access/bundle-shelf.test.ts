// The shelf of parsed bundles: what is read once is not read again, and what somebody decides under stays whole.

import { describe, expect, it } from 'vitest'
import { readInPlace, type ReadFiles } from '../../../gateway/access/bundle-parser.ts'
import { openShelf, type Held, type Shelf } from '../../../gateway/access/bundle-shelf.ts'
import { ask } from '../../../policy/cedar/engine.ts'
import { questionOf } from '../../../policy/cedar/question.ts'
import { situationOf } from '../../../policy/situation.ts'
import { filesWith, openBundleScene } from '../../support/bundle-scene.ts'
import { smallFiles } from '../../policy/bundle/small-bundle.ts'

const other = (sessions: number) =>
  filesWith({ 'suppliers.yaml': (text) => text.replace('maxSessions: 4', `maxSessions: ${sessions}`) })

async function need(shelf: Shelf, files: ReadonlyMap<string, string>, digest?: string): Promise<Held> {
  const taken = await shelf.take(files, digest)
  return taken.kind === 'ok' ? taken : expect.fail(JSON.stringify(taken.problems))
}

describe('the shelf', () => {
  it('reads a bundle once that is looked at again, and lets it go for the next one', async () => {
    let reads = 0
    const shelf = openShelf(async (files) => {
      reads += 1
      return readInPlace(files)
    })
    const first = await need(shelf, smallFiles())
    const { digest } = first.bundle
    first.giveBack()
    expect(shelf.size).toBe(0)
    const again = await need(shelf, smallFiles(), digest)
    expect(reads).toBe(1)
    expect(again.bundle).toBe(first.bundle)
    again.giveBack()
    ;(await need(shelf, other(2))).giveBack()
    ;(await need(shelf, smallFiles(), digest)).giveBack()
    expect(reads).toBe(3)
  })

  it('keeps a bundle whole that somebody gives back while another reads the same', async () => {
    const scene = await openBundleScene()
    try {
      const grant = await scene.grant('ews-1')
      const connect = { action: 'connect', asset: grant.asset, protocol: 'ssh', grant } as const
      const person = scene.people.vendor.person
      const facts = { now: scene.clock.now(), person, mfa: ['totp'], source: null, ticket: 'unchecked' } as const
      // The whole set is asked: slices of it would be made anew.
      const permits = ({ bundle }: Held): boolean => {
        const asset = bundle.assets.get(grant.asset)
        if (!asset) return expect.fail('the asset is gone')
        const situation = situationOf(connect, asset, bundle, { ...facts, world: scene.world() })
        const answer = ask({ ...questionOf(situation, bundle), policySet: bundle.cedar.policySet })
        return answer.kind === 'answered' ? answer.allow : expect.fail(answer.message)
      }

      const waiting: (() => void)[] = []
      const slow: ReadFiles = async (files) => {
        await new Promise<void>((resolve) => waiting.push(resolve))
        return readInPlace(files)
      }
      const shelf = openShelf(slow)
      const goOn = (): void => waiting.shift()?.()
      const reading = need(shelf, other(5))
      goOn()
      const first = await reading
      const second = need(shelf, other(5))
      first.giveBack()
      // Another one takes the place of what was kept for who might look again.
      const third = need(shelf, other(6))
      for (const each of waiting.splice(0).toReversed()) each()
      const [held, rest] = await Promise.all([second, third])
      rest.giveBack()
      expect(permits(held)).toBe(true)
      expect(shelf.size).toBe(1)

      // What nobody holds any more permits nothing.
      held.giveBack()
      const last = need(shelf, other(7))
      goOn()
      ;(await last).giveBack()
      expect(permits(held)).toBe(false)
    } finally {
      await scene.store.close()
    }
  })

  it('takes no files for a digest that is not theirs', async () => {
    const taken = await openShelf().take(smallFiles(), 'f'.repeat(64))
    expect(taken).toMatchObject({
      kind: 'invalid',
      code: 'bundle-invalid',
      problems: [{ reason: expect.stringContaining('the store was changed') }],
    })
  })

  it('says of a bundle that was broken off what it took', async () => {
    const shelf = openShelf(async () => ({ kind: 'too-costly', reason: 'more than it may' }))
    expect(await shelf.take(smallFiles())).toEqual({
      kind: 'invalid',
      code: 'bundle-too-costly',
      problems: [{ file: '', path: '', line: null, reason: 'more than it may' }],
    })
  })
})
