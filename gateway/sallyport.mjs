#!/usr/bin/env node
// The `sallyport` command. Starts the command line (cli/main.ts) on a Node that can run it: this one, or else the one
// that `npm ci` installed with us. Plain JavaScript, so that an old Node gets a clear answer and no syntax error.

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

import { findPinned, isSupported, wantedMajor } from './runtime/pinned.mjs'

const pinned = findPinned()
if (isSupported(process.versions.node)) {
  const { keepCompiled } = await import('./runtime/compiled.ts')
  keepCompiled()
  const { tuneHeap } = await import('./runtime/heap.ts')
  tuneHeap()
  const { main } = await import('./cli/main.ts')
  process.exitCode = await main(process.argv.slice(2))
} else if (pinned) {
  runOn(pinned.program)
} else {
  process.stderr.write(
    `sallyport: node: expected version ${wantedMajor}, got ${process.versions.node}: ` +
      `run \`npm ci\` on Linux, or install Node.js ${wantedMajor} and start again\n`,
  )
  process.exitCode = 1
}

/** Runs this same command on another Node, and ends as it ends. */
function runOn(program) {
  // Listening comes first: a signal that arrives while the child starts must reach it, not end us alone.
  // A terminal sends Ctrl-C and its hang-up to both of us; only without one is the child left out and told from here.
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => process.stdin.isTTY || child.kill(signal))
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const child = spawn(program, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  child.on('error', (error) => {
    process.stderr.write(`sallyport: node: could not start \`${program}\`: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]))
}
