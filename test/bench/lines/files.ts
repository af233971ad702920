// Files by the programs people use: `sftp`, and `scp` by its old protocol (by default it speaks SFTP too). Timed from the
// moment the file is made where it arrives to the end of the program, so that logging in does not count; the directory
// is watched for that. The files lie in memory, so that only the recording goes to the disk.

import { rmSync, statSync, watch } from 'node:fs'
import { basename, join } from 'node:path'
import { median, rateText, sizeText } from '../figures.ts'
import { exitOf, textOf, wallNow } from '../processes.ts'
import { rowOf, type Finding } from '../report.ts'
import { rotated, type Route, type RouteName } from '../routes.ts'
import { makeSource, type Scene } from '../scene.ts'

const ways = ['sftp get', 'sftp put', 'scp -O from the target', 'scp -O to the target'] as const
type Way = (typeof ways)[number]

interface Sample {
  readonly way: Way
  readonly route: RouteName
  readonly bytesPerSecond: number
}

/** When a file of that name appears in its folder; call `stop` in any case. */
function appearanceOf(file: string): { readonly at: () => number | null; stop(): void } {
  let at: number | null = null
  const watcher = watch(join(file, '..'), (_, name) => {
    if (name === basename(file)) at ??= wallNow()
  })
  return { at: () => at, stop: () => watcher.close() }
}

async function timeOf(route: Route, way: Way, from: string, to: string): Promise<number> {
  const appearance = appearanceOf(to)
  try {
    const child =
      way === 'sftp get' || way === 'sftp put'
        ? route.copy('sftp', ['-q', '-b', '-', route.there])
        : route.copy(
            'scp',
            way === 'scp -O from the target'
              ? ['-q', '-O', `${route.there}:${from}`, to]
              : ['-q', '-O', from, `${route.there}:${to}`],
          )
    child.stdin?.end(way === 'sftp get' ? `get ${from} ${to}\n` : `put ${from} ${to}\n`)
    const [said, { code, at: end }] = await Promise.all([textOf(child.stderr), exitOf(child)])
    const begin = appearance.at()
    if (code !== 0 || begin === null || statSync(to).size !== statSync(from).size)
      throw new Error(`${route.name}: ${way} ended with ${code}: ${said.trim()}`)
    return end - begin
  } finally {
    appearance.stop()
    rmSync(to, { force: true })
  }
}

export async function measureFiles(scene: Scene): Promise<Finding> {
  const { rounds, bytes } = scene.options.files
  const [from, to] = [join(scene.scratch, 'leaving'), join(scene.scratch, 'arriving')]
  makeSource(from, bytes)
  const { size } = statSync(from)
  const samples: Sample[] = []
  for (let round = 0; round < rounds; round++)
    for (const way of ways)
      for (const route of rotated(scene.routes, round)) {
        const bytesPerSecond = (size / (await timeOf(route, way, from, to))) * 1000
        samples.push({ way, route: route.name, bytesPerSecond })
        await scene.gateway.clear()
        scene.say(`files ${round + 1}/${rounds}: ${way} ${route.name}: ${rateText(bytesPerSecond)}`)
      }
  rmSync(from)
  return {
    rows: ways.map((way) =>
      rowOf(way, 'bytes a second', 'more', (route) =>
        median(samples.filter((one) => one.way === way && one.route === route).map((one) => one.bytesPerSecond)),
      ),
    ),
    notes: [
      `files: one of ${sizeText(size)}, median of ${rounds}, from its making where it arrives to the end of the program; the gateway also judges every packet of SFTP by its rules and takes the digest of the file`,
    ],
    faults: [],
    samples: { line: 'files', samples },
  }
}
