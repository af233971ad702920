// How the tests run. Two kinds: `unit` stays inside one process; `e2e` starts real programs and takes its time.

import { fileURLToPath } from 'node:url'

import { defineConfig } from 'vitest/config'

import { compiledFolder } from '../gateway/runtime/compiled.ts'
import { ClosingLine } from './support/closing-line.ts'

/** End-to-end files that run with sessions carried by the gateway's own process, and by workers. */
const bothWays = ['endings', 'hostile-peers', 'jumps', 'session', 'sftp', 'streams', 'telnet', 'terminal', 'tunnels']

/**
 * Tests of real programs on a machine that is shared are tried twice where nobody looks on, since a run of thousands should
 * not be lost to one. What passed only the second time is named at the end of the run, and is a fault to be mended. Tests
 * inside one process are tried once: there is nothing that chance could excuse, and a case that fuzzing found would be lost.
 */
const triedAgain = process.env['CI'] === 'true' ? 1 : 0

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', new ClosingLine()],
    // It changes ssh2 while ssh2 loads, and one process runs many files, of which some bring ssh2 in by themselves.
    setupFiles: ['gateway/brokers/ssh/packet-limit.ts'],
    // Programs that tests start run what was compiled before, as those that a person starts do.
    env: { NODE_COMPILE_CACHE: compiledFolder },
    // A test that leaves work behind is a fault of the test or of what it tests.
    dangerouslyIgnoreUnhandledErrors: false,
    // Node loads the sources by itself, as it does in use, and keeps what it compiled: a fifth of the processor time of the
    // end-to-end tests went into loading them otherwise.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // One process serves many files: most of the time would go into loading the same modules again. What a file
          // changes in its process it puts back.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/attacks/**'],
          // On a machine that does something else, too, a gateway may take long to start.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          // Each of them waits more than it works: for programs, for windows that end, for a disk. They come after the
          // unit tests, which keep every core busy.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          retry: triedAgain,
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          // The same once more with sessions carried by worker processes: one file for each way in which bytes, words and
          // decisions cross between the processes. What is otherwise than in one process has files of its own. Attacks are
          // made on the gateway as it runs where nothing is said: with workers, and that way only.
          name: 'e2e-workers',
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          retry: triedAgain,
          env: { SALLYPORT_TEST_WORKERS: '2' },
          include: [...bothWays.map((name) => `test/e2e/${name}.test.ts`), 'test/attacks/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
