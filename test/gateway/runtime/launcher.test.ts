import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const source = fileURLToPath(new URL('../../../gateway', import.meta.url))
const runtimeFolder = `node-${process.platform}-${process.arch}`
let root: string
let launcher: string

/** An installation in a folder of its own: the launcher, a command line that answers, and perhaps a runtime. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  launcher = join(root, 'gateway', 'sallyport.mjs')
  mkdirSync(join(root, 'gateway', 'cli'), { recursive: true })
  cpSync(join(source, 'sallyport.mjs'), launcher)
  cpSync(join(source, 'runtime'), join(root, 'gateway', 'runtime'), { recursive: true })
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(root, 'gateway', 'cli', 'main.ts'),
    `export async function main(argv: string[]): Promise<number> {
       process.stdout.write(argv.join('|') + '\\n')
       return 3
     }`,
  )
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Makes this Node the wrong one, as an older one is. */
function wantAnotherNode(): void {
  const file = join(root, 'gateway', 'runtime', 'pinned.mjs')
  const text = readFileSync(file, 'utf8')
  const changed = text.replace('wantedMajor = 24', 'wantedMajor = 99')
  expect(changed).not.toBe(text)
  writeFileSync(file, changed)
}

function installRuntime(script: string): void {
  const folder = join(root, 'node_modules', runtimeFolder, 'bin')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'node'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}

describe('the sallyport command', () => {
  it('runs the command line on this Node when it is the right one', () => {
    const run = spawnSync(process.execPath, [launcher, 'verify', 'a b'], { encoding: 'utf8' })
    expect(run).toMatchObject({ status: 3, stdout: 'verify|a b\n', stderr: '' })
  })

  it('starts again on the installed runtime when this Node is another, and ends as that ends', () => {
    wantAnotherNode()
    installRuntime('shift; echo "pinned $*"; exit 7')
    const run = spawnSync(process.execPath, [launcher, 'verify', 'x'], { encoding: 'utf8' })
    expect(run).toMatchObject({ status: 7, stdout: 'pinned verify x\n', stderr: '' })
  })

  it('names the next step when neither will do', () => {
    wantAnotherNode()
    const run = spawnSync(process.execPath, [launcher], { encoding: 'utf8' })
    expect(run.status).toBe(1)
    expect(run.stderr).toBe(
      `sallyport: node: expected version 99, got ${process.versions.node}: ` +
        'run `npm ci` on Linux, or install Node.js 99 and start again\n',
    )
  })

  it('says so when the installed runtime cannot be started', () => {
    wantAnotherNode()
    installRuntime('')
    const program = join(root, 'node_modules', runtimeFolder, 'bin', 'node')
    writeFileSync(program, '#!/no/such/interpreter\n')
    const run = spawnSync(process.execPath, [launcher], { encoding: 'utf8' })
    expect(run.status).toBe(1)
    expect(run.stderr).toContain(`could not start \`${program}\``)
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('passes %s on', async (signal) => {
    wantAnotherNode()
    const short = signal.slice(3)
    installRuntime(`trap 'echo got ${short}; exit 9' ${short}; echo ready; for i in $(seq 200); do sleep 0.05; done`)
    const child = spawn(process.execPath, [launcher], { stdio: ['pipe', 'pipe', 'inherit'] })
    let output = ''
    const ended = once(child, 'exit')
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      output += String(chunk)
      if (output === 'ready\n') child.kill(signal)
    }
    expect(output).toBe(`ready\ngot ${short}\n`)
    expect(await ended).toEqual([9, null])
  })

  it('reports a runtime that a signal ended as a shell would', () => {
    wantAnotherNode()
    installRuntime('kill -KILL $$')
    expect(spawnSync(process.execPath, [launcher]).status).toBe(128 + 9)
  })
})
