// A sealed recording that does not verify is evidence, once, and told; one that cannot be opened with today's identity is not.

import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateX25519Identity } from 'age-encryption'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { tellCorrupt } from '../../../gateway/evidence/corrupt.ts'
import { openRecordings } from '../../../gateway/evidence/recordings.ts'
import { Secret } from '../../../gateway/secret.ts'
import { openCustodyScene, type CustodyScene } from '../../support/custody-scene.ts'

let stage: CustodyScene
beforeEach(async () => {
  stage = await openCustodyScene()
})
afterEach(() => stage.close())

function recordings(identities = stage.scene.identities) {
  const { store, clock, log, recordings: root, signer } = stage.scene
  const keys = [{ vkey: signer.vkey, from: 0, until: null }]
  return openRecordings({
    store,
    root,
    identities,
    keys: async () => ({ keys, current: signer.vkey, former: [], origin: null }),
    corrupt: { store, clock, log },
  })
}

it('is written with the first fault that was found, and not again', async () => {
  const session = await stage.sealed()
  expect((await recordings().verify(session)).holds).toBe(true)
  await appendFile(join(stage.scene.recordings, session, '0000.stream'), 'x')
  expect((await recordings().verify(session)).holds).toBe(false)
  expect((await recordings().verify(session)).holds).toBe(false)
  expect(await stage.events('recording.found_corrupt')).toEqual([
    { session, by: 'verification', where: expect.stringContaining('0000.stream'), what: expect.any(String) },
  ])
})

it('is written of what was sealed also where something was wrong before that', async () => {
  const session = await stage.sealed()
  const { store, clock, log } = stage.scene
  const fault = { where: 'recording', what: 'seal: `0000.stream`: has 2 names' }
  for (let times = 0; times < 2; times++) await tellCorrupt({ store, clock, log }, session, 'sealing', fault)
  await appendFile(join(stage.scene.recordings, session, '0000.stream'), 'x')
  await recordings().verify(session)
  expect(await stage.events('recording.found_corrupt')).toMatchObject([{ by: 'sealing' }, { by: 'verification' }])
})

it('is not said of a recording that another identity would open', async () => {
  const session = await stage.sealed()
  const other = new Secret(await generateX25519Identity())
  expect((await recordings([other]).verify(session)).holds).toBe(false)
  expect(await stage.events('recording.found_corrupt')).toEqual([])
})
