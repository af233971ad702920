// `npm run fuzz -- --minutes 10`: tries all targets in turns until the time is over, each turn with a seed of its own that is
// printed. What breaks a promise is kept as a file and tried again with `--replay FILE --target NAME`.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import fc from 'fast-check'

import { bytesFor, type FuzzTarget } from './target.ts'
import { openTargets } from './targets.ts'

const help = `npm run fuzz -- [--minutes N] [--target NAME] [--seed N] [--crashes FOLDER]
npm run fuzz -- --replay FILE --target NAME
npm run fuzz -- --list`

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** One turn of a target. Gives how many inputs were tried, and the fault that was found. */
async function turn(
  target: FuzzTarget,
  seed: number,
  runs: number,
): Promise<{ tried: number; crash: Buffer | null; why: string }> {
  let tried = 0
  const property = fc.asyncProperty(bytesFor(target), async (bytes) => {
    tried++
    await target.judge(bytes)
  })
  const found = await fc.check(property, { seed, numRuns: runs })
  const why = found.errorInstance instanceof Error ? (found.errorInstance.stack ?? '') : String(found.errorInstance)
  return { tried, crash: found.failed ? (found.counterexample?.[0] ?? null) : null, why }
}

async function fuzz(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '1' },
      target: { type: 'string' },
      seed: { type: 'string' },
      crashes: { type: 'string', default: 'fuzz-crashes' },
      replay: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const minutes = Number(values.minutes)
  if (values.help || !(minutes > 0)) {
    say(help)
    return values.help ? 0 : 2
  }
  const open = await openTargets()
  try {
    const targets = open.targets.filter(({ name }) => values.target === undefined || name === values.target)
    if (targets.length === 0) {
      say(`target \`${values.target ?? ''}\`: expected one of ${open.targets.map(({ name }) => name).join(', ')}`)
      return 2
    }
    if (values.list) {
      for (const { name, promise } of targets) say(`${name}: ${promise}`)
      return 0
    }
    if (values.replay !== undefined) {
      const bytes = readFileSync(values.replay)
      for (const target of targets) await target.judge(bytes)
      say('held')
      return 0
    }
    return await rounds(targets, {
      minutes,
      first: Number(values.seed ?? Date.now() % 2 ** 31),
      crashes: values.crashes,
    })
  } finally {
    await open.close()
  }
}

async function rounds(
  targets: readonly FuzzTarget[],
  { minutes, first, crashes }: { readonly minutes: number; readonly first: number; readonly crashes: string },
): Promise<number> {
  const end = performance.now() + minutes * 60_000
  const tried = new Map<string, number>()
  const broken = new Set<string>()
  for (let seed = first; performance.now() < end; seed = (seed + 1) | 0)
    for (const target of targets) {
      if (performance.now() >= end) break
      const result = await turn(target, seed, 3 * (target.share ?? 100))
      tried.set(target.name, (tried.get(target.name) ?? 0) + result.tried)
      if (result.crash === null) continue
      broken.add(target.name)
      mkdirSync(crashes, { recursive: true })
      const file = join(crashes, `${target.name}-${seed}`)
      writeFileSync(file, result.crash)
      say(`BROKEN ${target.name}, seed ${seed}, kept as ${file}: ${target.promise}\n${result.why}`)
    }
  for (const { name } of targets)
    say(`${String(tried.get(name) ?? 0).padStart(9)}  ${name}${broken.has(name) ? '  BROKEN' : ''}`)
  say(`first seed ${first}; ${broken.size === 0 ? 'every promise held' : `${broken.size} promises broken`}`)
  return broken.size === 0 ? 0 : 1
}

process.exitCode = await fuzz()
