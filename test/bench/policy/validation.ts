// How long a bundle takes to be checked, and how much memory, each time in a process of its own: a garbage collector
// that has seen other bundles before would tell another story.

import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { exitOf, keep, textOf } from '../processes.ts'
import { plantFiles, type PlantSize } from './plant.ts'

export interface ValidationFigures {
  readonly inventory: 'yaml' | 'csv'
  readonly size: PlantSize
  /** Characters of the inventory. */
  readonly characters: number
  readonly ms: number
  /** Bytes: highest resident set of the process, what it had before, and what the bundle holds once it is checked. */
  readonly peak: number
  readonly before: number
  readonly kept: number
}

/** Writes the bundle, checks it in a child process, and takes its figures. @throws when the bundle is not valid. */
export async function measureValidation(
  folder: string,
  size: PlantSize,
  inventory: 'yaml' | 'csv',
): Promise<ValidationFigures> {
  const files = plantFiles(size, inventory)
  for (const [name, text] of files) {
    const file = join(folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const program = join(import.meta.dirname, 'validate-once.ts')
  const child = keep(
    spawn(process.execPath, ['--expose-gc', program, folder], { stdio: ['ignore', 'pipe', 'inherit'] }),
  )
  const [text, { code }] = await Promise.all([textOf(child.stdout), exitOf(child)])
  if (code !== 0) throw new Error(`the check of ${size.assets} assets ended with ${code}`)
  const measured = JSON.parse(text) as Pick<ValidationFigures, 'ms' | 'peak' | 'before' | 'kept'>
  const characters = files.get(inventory === 'yaml' ? 'assets.yaml' : 'assets.csv')?.length ?? 0
  return { inventory, size, characters, ...measured }
}
