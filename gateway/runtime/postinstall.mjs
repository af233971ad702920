// Makes an installation ready to run, after npm has put the packages in place: builds ssh2's native cipher binding for
// the Node that will load it, and links the `sallyport` command. Says nothing when all is well, and never fails an
// installation: without the binding SSH still works, only slower (about 75 instead of 310 MB/s on one core).
//
// Why not ssh2's own install script (denied under `allowScripts`): it compiles for the Node and the headers that npm was
// set up with, which need not be the pinned ones, it fetches headers from a second site when it has none, and it
// reports success for a binding that does not load. `cpu-features`, also denied, would only move one cipher in ssh2's
// default order; the gateway names its ciphers itself.

import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, symlinkSync, unlinkSync } from 'node:fs'
import { join, relative } from 'node:path'

import { findPinned, root } from './pinned.mjs'

const pinned = findPinned()
const node = pinned ? pinned.program : process.execPath
const source = join(root, 'node_modules', 'ssh2', 'lib', 'protocol', 'crypto')
const binding = join(source, 'build', 'Release', 'sshcrypto.node')

buildBinding()
linkCommand()

function buildBinding() {
  if (!existsSync(source) || loads()) return
  const problem = compile()
  if (problem === null && loads()) return
  const why = problem === null ? 'the compiled binding does not load' : problem
  process.stdout.write(`sallyport: SSH will be slower: ssh2's native ciphers were not built: ${why}\n`)
}

/** Loaded in a child, because the Node that runs this file need not be the one that will use the binding. */
function loads() {
  return spawnSync(node, ['-e', 'require(process.argv[1])', binding], { stdio: 'ignore' }).status === 0
}

/** Null, or in one clause why nothing was built. */
function compile() {
  const asked = spawnSync(node, ['-p', 'process.versions.openssl.split(".")[0]'], { encoding: 'utf8' })
  if (asked.status !== 0) return `\`${node}\` does not run here`
  const options = ['rebuild', `--real_openssl_major=${asked.stdout.trim()}`]
  // node-gyp lets what npm exports about its user's settings win over arguments, so the headers are named there.
  const env = { ...process.env }
  for (const name of ['nodedir', 'target', 'disturl', 'runtime']) delete env[`npm_config_${name}`]
  env.npm_config_loglevel = 'error'
  if (pinned) env.npm_config_nodedir = pinned.headers
  // npm tells its scripts where its own node-gyp is; other package managers put one in the path.
  const own = process.env.npm_config_node_gyp
  const run = own
    ? spawnSync(process.execPath, [own, ...options], { cwd: source, env, encoding: 'utf8' })
    : spawnSync('node-gyp', options, { cwd: source, env, encoding: 'utf8', shell: process.platform === 'win32' })
  if (run.error) return `node-gyp: ${run.error.message}`
  if (run.status === 0) return null
  const output = `${run.stdout}\n${run.stderr}`
  if (/find Python/i.test(output))
    return 'python3 is missing: install python3, make and g++, then run `npm run postinstall`'
  if (/not found: make|make: .*(not found|No such file)|(g\+\+|c\+\+|cc): .*(not found|No such file)/i.test(output)) {
    return 'no C++ compiler: install make and g++, then run `npm run postinstall`'
  }
  const lines = output.split('\n').filter((line) => /error/i.test(line))
  return lines.length > 0 ? lines[0].trim() : `node-gyp ended with ${run.status}`
}

/** `npx sallyport` looks in node_modules/.bin, where npm links the commands of dependencies but not the root's own. */
function linkCommand() {
  const folder = join(root, 'node_modules', '.bin')
  if (process.platform === 'win32' || !existsSync(folder)) return
  const link = join(folder, 'sallyport')
  if (lstatSync(link, { throwIfNoEntry: false })) unlinkSync(link)
  symlinkSync(relative(folder, join(root, 'gateway', 'sallyport.mjs')), link)
}
