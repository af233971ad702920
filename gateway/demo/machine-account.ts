// The machine account of the demo: an integration with a key of its own, which an engineer answers for. What it may run
// stands in the demo's bundle.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateOpensshKey } from '../../certs-dev/openssh-key.ts'
import { systemClock } from '../clock.ts'
import { registerMachine } from '../identity/machines.ts'
import { storeFile } from '../keys.ts'
import { openSqlite } from '../store/sqlite.ts'
import { openStore } from '../store/store.ts'
import type { DemoLogin } from './cast.ts'

/** As `machines` of access.yaml names it. */
export const machineLogin = 'svc-mes-erp'
export const machineAsset = 'hist-1'
export const machineCommand = 'cat status.txt'
const owner: DemoLogin = 'engineer'

/**
 * Registers it in the store of a gateway that does not run yet.
 * @param folder is made, for its private key.
 * @returns the private key file.
 */
export async function registerDemoMachine(dataFolder: string, folder: string): Promise<string> {
  const key = generateOpensshKey('MES to ERP')
  const file = join(folder, 'id_ed25519')
  await mkdir(folder, { mode: 0o700 })
  await writeFile(file, key.private, { mode: 0o600 })
  const store = await openStore(openSqlite(storeFile(dataFolder)))
  try {
    const made = await registerMachine(
      { store, clock: systemClock },
      {
        login: machineLogin,
        displayName: 'MES to ERP',
        owner,
        purpose: 'reads the state of the historian every night',
        supplier: null,
        plants: ['north'],
        until: '2099-12-31',
        sources: ['127.0.0.0/8', '::1/128'],
        keys: [key.public],
      },
      null,
    )
    if (made.kind === 'invalid') throw new Error(`demo machine account: ${made.problems.join('; ')}`)
  } finally {
    await store.close()
  }
  return file
}
