// `demo` without `--once`: starts the plant, says what can be tried, and stays until Ctrl-C.

import { once } from 'node:events'
import { join } from 'node:path'
import { buildPage } from './page.ts'
import { startPlant, type Plant } from './plant.ts'
import { usualOrFree } from './ports.ts'
import { hasSsh } from './ssh-connection.ts'
import { listenForStop } from '../stop-signal.ts'
import { codesText, welcomeJson, welcomeText } from './welcome.ts'

const usual = { ssh: 2222, https: 8443 }

/** Starts on the usual ports where they are free. Another demo may take one between the look and the start. */
async function startAnywhere(prepare: (folder: string) => Promise<void>): Promise<Plant> {
  const ports = async () => ({ ssh: await usualOrFree(usual.ssh), https: await usualOrFree(usual.https) })
  try {
    return await startPlant(await ports(), prepare)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return startPlant(await ports(), prepare)
  }
}

/** Runs until it is told to stop, and gives the exit code. Stopped by Ctrl-C it has done what was asked: 0. */
export async function runInteractive({ json }: { readonly json: boolean }): Promise<number> {
  const say = (text: string): void => {
    if (!json) process.stdout.write(`${text}\n`)
  }
  const stop = listenForStop(() => say('\nStopping: sessions are ended and sealed, everything is removed.'))
  let noPage: string | null = null
  async function prepare(folder: string): Promise<void> {
    const page = await buildPage(join(folder, 'page'), () => say('Building the web page, once \u2026'), stop.asked)
    if (page.kind === 'built') say(`Built in ${(page.ms / 1000).toFixed(1)} s.`)
    if (page.kind === 'missing') noPage = page.reason
  }
  let plant: Plant
  try {
    plant = await startAnywhere(prepare)
  } catch (error) {
    stop.close()
    if (stop.asked.aborted) return 0
    process.stderr.write(`demo: not started: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
  const showCodes = (): void => say(codesText(plant, Date.now()))
  try {
    const notes = { noPage, ssh: hasSsh() }
    if (json) process.stdout.write(`${JSON.stringify(welcomeJson(plant, notes), null, 2)}\n`)
    else say(welcomeText(plant, notes, Date.now()))
    process.stdin.on('data', showCodes)
    if (!stop.asked.aborted) await once(stop.asked, 'abort')
  } finally {
    process.stdin.off('data', showCodes).pause()
    await plant.stop()
    stop.close()
  }
  say('Stopped.')
  return 0
}
