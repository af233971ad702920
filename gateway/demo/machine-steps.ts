// The scripted demo where no person connects: a machine account, asked for by who answers for it, logs in with its key
// alone, and runs the one command that the bundle names.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RequestBody } from '../contract/bodies.ts'
import type { RequestView } from '../contract/views.ts'
import { ensure, type Visitors } from './access-steps.ts'
import type { Actors } from './actors.ts'
import { askFor } from './asking.ts'
import { machineAsset, machineCommand, machineLogin } from './machine-account.ts'
import type { Plant } from './plant.ts'
import { runSsh, type SshResult } from './ssh-client.ts'
import type { Steps } from './steps.ts'

const hourMs = 3_600_000
const ask = (now: number): RequestBody => ({
  assets: [machineAsset],
  protocol: 'ssh',
  operationClass: 'observe',
  when: { kind: 'window', from: now, until: now + hourMs },
  purpose: 'state of the historian for the ERP, once',
  ticket: '',
  for: machineLogin,
})

/** Plays it. @throws StepFailed with the step that went wrong. */
export async function playMachine(plant: Plant, steps: Steps, actors: Actors, { approver }: Visitors): Promise<void> {
  async function run(command: string, name: string): Promise<SshResult> {
    const folder = join(plant.folder, 'ssh', name)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const user = `${machineLogin}+${machineAsset}`
    const { port } = plant.gateway.ssh
    const login = { user, port, folder, hostKey: plant.hostKey, identity: plant.machineKey, password: '', code: '' }
    return runSsh(login, { command: [command] })
  }

  await steps.run('machine', async () => {
    const engineer = await actors.visitor('engineer')
    const asked = await askFor(engineer, ask(Date.now()))
    const answer = { digest: asked.digest, comment: '' }
    const { state } = await approver.ok<RequestView>('POST', `/requests/${asked.id}/approve`, answer)
    ensure(state === 'approved', 'an approved request', state)
    const done = await run(machineCommand, 'machine')
    const shown = done.stdout.toString('utf8').trim()
    ensure(done.exit === 0 && shown.includes('Process historian'), 'the state of the historian', `exit ${done.exit}`)
    const other = await run('id', 'machine-other')
    const told = other.stderr
      .toString('utf8')
      .split(/[\r\n]+/)
      .find((line) => line.includes('a machine account gets'))
    ensure(other.exit !== 0 && told !== undefined, 'another command refused', `exit ${other.exit}`)
    return {
      value: null,
      line: `machine account ${machineLogin}, which engineer answers for, runs \`${machineCommand}\` with its key alone; \`id\` is refused:`,
      details: [told.trim()],
    }
  })
}
