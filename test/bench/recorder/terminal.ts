// What a terminal shows, recorded: by us, by `script`, and by `tlog-rec` where it is installed. The terminal itself is made
// by `script` each time, for Node has none, so that what differs is the recording.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Recording } from '../../../recorder/index.ts'
import { median } from '../figures.ts'
import { keep } from '../processes.ts'

/** Bytes shown by second, medians; null where the program is not installed, or does not run (it needs /run/utmp). */
export interface TerminalFindings {
  readonly recorder: number
  readonly script: number
  readonly tlog: number | null
  readonly unrecorded: number
}

const tlogRec = '/usr/bin/tlog-rec'

/** `tlog-rec` notes its session in utmp, and shows nothing where there is none. */
const hasTlog = (): boolean => existsSync(tlogRec) && existsSync('/run/utmp')

export async function measureTerminal(
  bytes: number,
  rounds: number,
  folder: string,
  open: () => Promise<Recording>,
): Promise<TerminalFindings> {
  // Lines as a program prints them; base64 makes four characters of three bytes.
  const show = `head -c ${Math.floor((bytes * 3) / 4)} /dev/zero | base64`
  const file = join(folder, 'terminal')

  async function shown(argv: readonly string[], take: (part: Buffer) => void): Promise<number> {
    const [program = '', ...words] = argv
    const began = performance.now()
    const child = keep(
      spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, SHELL: '/bin/sh' } }),
    )
    child.stdout.on('data', take)
    const [code] = await once(child, 'close')
    rmSync(file, { force: true })
    if (code !== 0) throw new Error(`${program} ended with ${String(code)}`)
    return bytes / ((performance.now() - began) / 1_000)
  }

  const nowhere = (): void => undefined
  const rates = { recorder: [] as number[], script: [] as number[], tlog: [] as number[], unrecorded: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    rates.unrecorded.push(await shown(['script', '-qfec', show, '/dev/null'], nowhere))
    const recording = await open()
    const channel = recording.openChannel({ kind: 'pty' })
    rates.recorder.push(await shown(['script', '-qfec', show, '/dev/null'], (part) => channel.data('out', part)))
    await recording.seal({ status: 'complete', reason: 'client' })
    rmSync(recording.dir, { recursive: true })
    rates.script.push(await shown(['script', '-qfec', show, file], nowhere))
    if (hasTlog()) {
      const tlog = `${tlogRec} --latency=1 --writer=file --file-path=${file} -- /bin/sh -c '${show}'`
      rates.tlog.push(await shown(['script', '-qfec', tlog, '/dev/null'], nowhere))
    }
  }
  return {
    recorder: median(rates.recorder),
    script: median(rates.script),
    tlog: rates.tlog.length === 0 ? null : median(rates.tlog),
    unrecorded: median(rates.unrecorded),
  }
}
