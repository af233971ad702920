// A witness of ledgers, for a machine that the gateway's administrators do not have: the plant's corporate IT, a customer,
// an auditor. Needs no gateway and no database; what it does is the recorder's.

import { generateKeyPairSync, createPrivateKey } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Command } from 'commander'
import { addCommand, addGroup, asList, asNumber, type Context, type Invocation } from '../command.ts'
import { codeOf, Failure, messageOf, misused } from '../failure.ts'
import { shown } from '../plain.ts'
import { readTrust } from '../trust-file.ts'

interface InitOptions {
  readonly dir: string
  readonly kind: string
}

interface RunOptions {
  readonly dir: string
  readonly trust: readonly string[]
  readonly host: string
  readonly port: number
}

const kinds = ['ml-dsa-44', 'ed25519'] as const

export function addWitnessCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'witness', 'witness the ledgers of gateways')
  addCommand<InitOptions>(group, invocation, {
    name: 'init <name>',
    summary: 'make the key of a new witness',
    about:
      'Makes a folder with the key of a new witness and shows its verifier key, as it stands in a trust policy\n' +
      '(c2sp.org/tlog-policy). The name is like an address without scheme: `witness.customer.example/plant1`.',
    examples: ['witness init witness.customer.example/plant1 --dir /var/lib/sallyport-witness'],
    options: (command) =>
      command
        .requiredOption('--dir <dir>', 'folder of the witness; made where it is not there')
        .option('--kind <kind>', `signature algorithm: ${kinds.join(' or ')}`, 'ml-dsa-44'),
    run: init,
  })
  addCommand<RunOptions>(group, invocation, {
    name: 'run',
    summary: 'answer gateways that ask for a cosignature',
    about:
      'Answers `POST /add-checkpoint` (c2sp.org/tlog-witness) for the ledgers of the trust files given, until SIGTERM or\n' +
      'Ctrl-C. It cosigns a checkpoint only if it goes on from the last one it has cosigned, and remembers that in its\n' +
      'folder. Back that folder up, and never run two witnesses on one. It speaks HTTP without TLS: put it behind a proxy,\n' +
      'or inside a network of its own. `GET /checkpoint/<ledger>` shows what was cosigned last.',
    examples: ['witness run --dir /var/lib/sallyport-witness --trust plant1.trust.json --host 0.0.0.0'],
    options: (command) =>
      command
        .requiredOption('--dir <dir>', 'folder of the witness')
        .requiredOption('--trust <file>', 'trust file of a ledger; may be given again', asList)
        .option('--host <address>', 'address to listen on', '127.0.0.1')
        .option('--port <port>', 'port to listen on; 0 takes a free one', asNumber(0, 65_535, true), 8480),
    run,
  })
}

const keyFileIn = (dir: string): string => join(dir, 'key.pem')
const nameFileIn = (dir: string): string => join(dir, 'name')
const memoryIn = (dir: string): string => join(dir, 'memory')

async function init({ output }: Context, { dir, kind }: InitOptions, [name = '']: readonly string[]): Promise<void> {
  const algorithm = kinds.find((one) => one === kind)
  if (algorithm === undefined) throw misused(`kind \`${kind}\`: expected ${kinds.join(' or ')}`)
  const { cosignerFrom, RecorderError } = await import('../../../recorder/index.ts')
  const { privateKey } = algorithm === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ml-dsa-44')
  try {
    const { vkey } = cosignerFrom(name, privateKey)
    await mkdir(memoryIn(dir), { recursive: true, mode: 0o700 })
    // Never over another key: the memory beside it would be of another witness.
    const once = { flag: 'wx', mode: 0o600 } as const
    await writeFile(keyFileIn(dir), privateKey.export({ format: 'pem', type: 'pkcs8' }), once)
    await writeFile(nameFileIn(dir), `${name}\n`, once)
    await output.answer({ name, vkey, dir }, () =>
      [
        shown`key of witness ${name} made in ${dir}`,
        'for the trust policy of the gateway and of every auditor:',
        shown`  witness W1 ${vkey} https://ADDRESS`,
        shown`next: sallyport witness run --dir ${dir} --trust LEDGER.trust.json`,
      ].join('\n'),
    )
  } catch (error) {
    if (error instanceof RecorderError) throw misused(error.message)
    if (codeOf(error) === 'EEXIST')
      throw new Failure(`folder \`${dir}\`: holds a witness already: run it, or give another`)
    throw new Failure(`folder \`${dir}\`: ${messageOf(error)}`, { cause: error })
  }
}

async function run({ output }: Context, { dir, trust: files, host, port }: RunOptions): Promise<void> {
  const { cosignerFrom, openWitness, serveWitness } = await import('../../../recorder/index.ts')
  const key = cosignerFrom(...(await keyIn(dir)))
  const trusts = await Promise.all(files.map((file) => readTrust(file)))
  // A key of a ledger is known by the ledger's name; other keys of a trust file are none that signs checkpoints.
  const logs = trusts.flatMap(({ origin, verifiers }) => verifiers.filter(({ name }) => name === origin))
  const witness = openWitness({ logs, key, folder: memoryIn(dir), now: Date.now })
  const server = serveWitness(witness, (reason) => output.note(shown`not answered: ${reason}`))
  const { listenForStop } = await import('../../stop-signal.ts')
  const asked = new Promise<void>((resolve) => listenForStop(resolve))
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Failure(`${host} port ${port}: ${messageOf(error)}`, { cause: error })))
    server.listen(port, host, resolve)
  })
  const listening = server.address() as AddressInfo
  const ledgers = [...new Set(logs.map(({ name }) => name))]
  await output.answer({ name: key.name, vkey: key.vkey, host, port: listening.port, ledgers }, () =>
    [
      shown`witness ${key.name} on http://${host}:${listening.port}`,
      ...ledgers.map((name) => shown`  for ledger ${name}`),
      'Ctrl-C stops it',
    ].join('\n'),
  )
  await asked
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function keyIn(dir: string): Promise<[string, ReturnType<typeof createPrivateKey>]> {
  try {
    const name = (await readFile(nameFileIn(dir), 'utf8')).trim()
    return [name, createPrivateKey(await readFile(keyFileIn(dir)))]
  } catch (error) {
    const what = codeOf(error) === 'ENOENT' ? 'holds no witness' : messageOf(error)
    throw new Failure(`folder \`${dir}\`: ${what}: make one with \`sallyport witness init\``, { cause: error })
  }
}
