// A vitest reporter that closes the run with one plain line, `N passed, N failed`, for programs that read the log. Before it
// comes what a reader must not miss: what was skipped, and what passed only when it was tried again.

import type { SerializedError } from 'vitest'
import type { Reporter, TestModule } from 'vitest/node'

export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    let passed = 0
    let skipped = 0
    // An error outside every test, or a file that could not be loaded, is a failure although no test failed.
    let failed = unhandled.length
    const triedAgain: string[] = []
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      const results = tests.map((test) => test.result().state)
      passed += results.filter((state) => state === 'passed').length
      skipped += results.filter((state) => state === 'skipped').length
      const failures = results.filter((state) => state === 'failed').length
      failed += module.state() === 'failed' && failures === 0 ? 1 : failures
      for (const test of tests)
        if (test.diagnostic()?.flaky === true) triedAgain.push(`${module.relativeModuleId} > ${test.fullName}`)
    }
    for (const name of triedAgain) process.stdout.write(`passed only at the second try, to be mended: ${name}\n`)
    if (skipped > 0) process.stdout.write(`${skipped} skipped\n`)
    process.stdout.write(`${passed} passed, ${failed} failed\n`)
  }
}
