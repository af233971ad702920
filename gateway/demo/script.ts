// `demo --once`: the whole main job as a script, from the empty folder to the verified export and back to nothing. Says
// each step in one line; ends with 0, or with 1 and the name of the step that failed.

import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { playAccess } from './access-steps.ts'
import { openActors } from './actors.ts'
import { playEmergency } from './emergency-steps.ts'
import { playEscort } from './escort-steps.ts'
import { playEvidence, type EvidenceDone } from './evidence-steps.ts'
import { playMachine } from './machine-steps.ts'
import { startPlant, type Plant } from './plant.ts'
import { hasSsh } from './ssh-connection.ts'
import { playRules } from './rules-steps.ts'
import { playSafety } from './safety-steps.ts'
import { openSteps, StepFailed, type Steps } from './steps.ts'
import { listenForStop } from '../stop-signal.ts'

export const sshMissing =
  'the OpenSSH client `ssh` is not installed: install it with `sudo apt-get install openssh-client`'

/** What the log calls a warning (pino's level numbers). */
const warning = 40

/** The last warnings and errors of the gateway, which knows more than its visitors are told. */
async function troubles(log: string): Promise<string[]> {
  const lines = (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '')
  const parsed = lines.map((line) => JSON.parse(line) as { level: number; msg?: string; err?: { message?: string } })
  return parsed
    .filter(({ level }) => level >= warning)
    .slice(-3)
    .map(({ msg, err }) => [msg, err?.message].filter(Boolean).join(': '))
}

/** Copies whole, or not at all. @throws when something of the name is there already. */
async function keepEvidence(dir: string, { exported, trust }: EvidenceDone): Promise<void> {
  const made = await mkdtemp(join(dir, '.demo-'))
  try {
    await cp(exported, join(made, 'export'), { recursive: true })
    await cp(trust, join(made, 'trust.json'))
    for (const name of ['export', 'trust.json']) {
      if (existsSync(join(dir, name))) throw new Error(`\`${join(dir, name)}\` appeared meanwhile: give another folder`)
      await rename(join(made, name), join(dir, name))
    }
  } finally {
    await rm(made, { recursive: true, force: true })
  }
}

async function prepare(steps: Steps, keep: string | null): Promise<void> {
  await steps.run('prepare', async () => {
    if (!hasSsh()) throw new Error(sshMissing)
    if (keep !== null) {
      for (const name of ['export', 'trust.json'])
        if (existsSync(join(keep, name)))
          throw new Error(`\`${join(keep, name)}\` is there already: remove it, or give another folder to --keep`)
      await mkdir(keep, { recursive: true })
    }
    return { value: null, line: 'the OpenSSH client is here; everything else is made in a temporary folder' }
  })
}

async function play(plant: Plant, steps: Steps, ending: AbortSignal, keep: string | null): Promise<EvidenceDone> {
  const actors = openActors(plant, ending)
  const access = await playAccess(plant, steps, actors)
  await playEmergency(steps, actors, access.visitors)
  await playEscort(steps, actors, access.visitors)
  await playSafety(steps, actors)
  await playMachine(plant, steps, actors, access.visitors)
  await playRules(steps, actors)
  const done = await playEvidence(plant, steps, actors, access)
  if (keep !== null)
    await steps.run('keep', async () => {
      await keepEvidence(keep, done)
      const [exported, trust] = [join(keep, 'export'), join(keep, 'trust.json')]
      return {
        value: null,
        line: 'the export and, beside it, the public keys are yours to check:',
        details: [`npx sallyport verify ${exported} --trust ${trust}`],
      }
    })
  await steps.run('stop', async () => {
    await plant.stop()
    return { value: null, line: 'gateway and plant stopped, temporary folder removed' }
  })
  return done
}

/** Runs the script and gives the exit code. `keep` is the folder the evidence is left in. */
export async function runScript(options: { readonly keep: string | null; readonly json: boolean }): Promise<number> {
  const keep = options.keep === null ? null : resolve(options.keep)
  const show = (line: string): void => {
    if (!options.json) process.stdout.write(`${line}\n`)
  }
  const stop = listenForStop()
  const ending = new AbortController()
  const steps = openSteps(show, stop.asked)
  const started = performance.now()
  let plant: Promise<Plant> | null = null
  let done: EvidenceDone | null = null
  let failure: StepFailed | null = null
  let log: readonly string[] = []
  try {
    await prepare(steps, keep)
    const starting = (plant = startPlant({ ssh: 0, https: 0 }))
    await steps.run('start', async () => {
      const { gateway, targets } = await starting
      const line = `gateway on https://localhost:${gateway.https.port} and ssh port ${gateway.ssh.port}, ${targets.length} machines behind it`
      return { value: null, line }
    })
    done = await play(await starting, steps, ending.signal, keep)
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    failure = error
  } finally {
    ending.abort()
    // Where the start itself failed, it has put everything away.
    const left = await plant?.catch(() => null)
    if (left && failure && !stop.asked.aborted) log = await troubles(left.log)
    await left?.stop()
    stop.close()
  }
  const ms = Math.round(performance.now() - started)
  if (options.json) {
    const controls = done?.controls.map(({ id, title, state, reason, events }) => ({
      id,
      title,
      state,
      reason,
      events,
    }))
    const failed = failure && { step: failure.step, message: failure.message, log }
    const kept = failure ? null : keep
    process.stdout.write(
      `${JSON.stringify({ ok: !failure, ms, steps: steps.records, controls, failed, kept }, null, 2)}\n`,
    )
  }
  if (!failure) {
    show(`\nDone in ${(ms / 1000).toFixed(1)} s. \`npm run demo\` lets you play every part yourself.`)
    return 0
  }
  process.stderr.write(`demo: step \`${failure.step}\` failed: ${failure.message}\n`)
  for (const line of log) process.stderr.write(`demo: the gateway\u2019s log says: ${line}\n`)
  return stop.asked.aborted ? 130 : 1
}
