// All targets, with what they need while they are tried.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { documentTargets } from './documents.ts'
import { evidenceTargets } from './evidence.ts'
import { gatewayTargets } from './gateway-files.ts'
import { sshInputTargets } from './ssh-inputs.ts'
import { startSshWire } from './ssh-wire.ts'
import { startStoreAnswers } from './store-answers.ts'
import type { FuzzTarget } from './target.ts'

export interface OpenTargets {
  readonly targets: readonly FuzzTarget[]
  close(): Promise<void>
}

export async function openTargets(): Promise<OpenTargets> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-fuzz-'))
  const answers = await startStoreAnswers(join(folder, 'store'))
  const wire = await startSshWire(join(folder, 'wire'))
  const targets = [
    ...documentTargets,
    ...evidenceTargets(join(folder, 'evidence')),
    ...(await gatewayTargets(join(folder, 'gateway'))),
    answers.target,
    ...sshInputTargets(join(folder, 'keys')),
    ...wire.targets,
  ]
  return {
    targets,
    close: async () => {
      await answers.stop()
      await wire.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
