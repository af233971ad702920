// The child of validation.ts: reads the bundle in the folder given, checks it once, and says what that took as JSON.

import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { parseBundle, showProblem } from '../../../policy/index.ts'

const folder = process.argv[2] ?? '.'
const files = new Map<string, string>()
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
  if (entry.isFile()) {
    const path = join(entry.parentPath, entry.name)
    files.set(
      path
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
      readFileSync(path, 'utf8'),
    )
  }

const collect = (globalThis as { gc?: () => void }).gc ?? ((): void => undefined)
collect()
const before = process.memoryUsage()
const started = performance.now()
const parsed = parseBundle(files)
const ms = performance.now() - started
if (parsed.kind === 'invalid') {
  process.stderr.write(`${parsed.problems.slice(0, 5).map(showProblem).join('\n')}\n`)
  process.exitCode = 1
} else {
  const peak = process.resourceUsage().maxRSS * 1024
  files.clear()
  collect()
  const kept = process.memoryUsage().heapUsed - before.heapUsed
  process.stdout.write(JSON.stringify({ ms, peak, before: before.rss, kept, assets: parsed.bundle.assets.size }))
}
