// The page of files that cross, in a browser: what waits is found whatever else there is, and names that strangers chose
// are shown for what they are.

import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { mint, systemClock } from '../../gateway/clock.ts'
import type { FileFound } from '../../gateway/store/file-transfers.ts'
import type { Store } from '../../gateway/store/store.ts'
import type { AssetId, GrantId, Login, PlantId } from '../../policy/index.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openWebVisit, type WebVisit } from '../support/web-visit.ts'

const found: FileFound = {
  size: 4_096,
  sha256: 'c'.repeat(64),
  contentType: 'ZIP archive',
  archive: {
    entries: 2,
    bytes: 9_000,
    names: [
      { name: 'manual\u202efdp.exe', size: 8_000 },
      { name: '<img src=x onerror=alert(1)>', size: 1_000 },
    ],
    oddities: ['a name leads out of the folder it is unpacked to'],
  },
  declaredAs: null,
  verdict: { verdict: 'clean', found: null, engine: 'ClamAV 1.4.6/27500', signaturesAt: 1_800_000_000_000, why: null },
}

describeWith(['chromium'], 'the page of files in the browser', () => {
  let stage: GatewayStage
  let visit: WebVisit

  /** One that waits, and then more than a page of others that were refused. */
  async function fill(store: Store, grant: GrantId): Promise<void> {
    const vendor = await store.people.byLogin('vendor' as Login)
    if (vendor === null) throw new Error('no vendor')
    const now = systemClock.now()
    const common = {
      session: mint.session(now),
      grant,
      person: vendor.id,
      supplier: vendor.supplier,
      asset: 'ews-1' as AssetId,
      plant: 'north' as PlantId,
      program: 'sftp',
      direction: 'in',
      rules: ['drop'],
      crossing: 'release',
      withoutVerdict: 'hold',
      declaredOnly: false,
    } as const
    for (let i = 0; i <= 101; i++)
      await store.change(async (tx) => {
        const at = now - 200_000 + i * 1_000
        const id = mint.fileTransfer(at)
        const path = i === 0 ? '/srv/drop/setup\u202egpj.exe' : `/srv/drop/other-${i}`
        await tx.fileTransfers.insert({ ...common, id, path, releasedBy: ['approver'], retention: [], askedAt: at })
        await tx.fileTransfers.step(
          id,
          ['receiving'],
          i === 0
            ? { state: 'waiting', found, settledAt: at, heldBecause: 'needs-release' }
            : { state: 'refused', outcome: 'too-large', endedAt: at },
        )
        const entry = { ...common, rules: ['drop'], file: id, labels: [], path: await tx.ledger.commit(path) }
        await tx.ledger.append('file.transfer_requested', at, entry)
      })
  }

  beforeAll(async () => {
    stage = await stageGateway()
    // While the access is there, what waits still waits.
    const { id } = await stage.grant('ews-1')
    await stage.withStore((store) => fill(store, id as GrantId))
    visit = await openWebVisit(stage)
  }, 120_000)
  afterAll(async () => {
    await visit?.browser.close()
    await stage?.stop()
  })

  it.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)(
    'shows what waits, however much is newer, and its names as they are, %s and %i wide',
    async (scheme, width) => {
      const page = await visit.enter('approver', scheme, width)
      await page.goto(visit.at('/files'))
      const waiting = page.locator('.sp-card').filter({ hasText: 'Waits for a person' })
      await waiting.first().waitFor()
      expect(await waiting.count()).toBe(1)
      const card = waiting.first()
      expect(await card.innerText()).toContain('/srv/drop/setup\\u{202e}gpj.exe')
      await card.getByText('Names').click()
      expect(await card.locator('.sp-names').innerText()).toContain('manual\\u{202e}fdp.exe')
      expect(await card.locator('img').count()).toBe(0)
      const wider = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
      expect(wider).toBe(0)
      const { violations } = await new AxeBuilder({ page }).include('[aria-label="Yours to decide"]').analyze()
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
    },
  )

  it.each([
    ['approver', 1],
    ['vendor', 0],
  ] as const)('leads to the recording of its session who may open it: %s', async (login, links) => {
    const page = await visit.enter(login)
    await page.goto(visit.at('/files'))
    const card = page.locator('.sp-card').first()
    await card.waitFor()
    expect(await card.innerText()).toMatch(/ses_\w{26}/)
    expect(await card.getByRole('link', { name: /^ses_/ }).count()).toBe(links)
    await page.context().close()
  })
})
