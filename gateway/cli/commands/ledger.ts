// The ledger's own keys, on the gateway's machine: who signs, handing over to another key, and ending one that signed along.
// What a rotation is stands in recorder/FORMAT.md section 2.4; how to do one, in docs/ledger-keys.md.

import { rename, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Config } from '../../config.ts'
import type { OldKey } from '../../evidence/rotation.ts'
import type { SigningKey } from '../../evidence/signing-key.ts'
import { addCommand, addGroup, type Context, type Invocation } from '../command.ts'
import { Failure, messageOf, misused } from '../failure.ts'
import { configOption, startRefusal, withStore, type ConfigOptions } from '../local.ts'
import { shown } from '../plain.ts'
import { readTrust } from '../trust-file.ts'
import { addLossCommand } from './loss.ts'

interface RotateOptions extends ConfigOptions {
  readonly to: string
  readonly reason: string
  readonly retire?: true
  readonly lost?: string
}

interface RetireOptions extends ConfigOptions {
  readonly reason: string
}

export function addLedgerCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'ledger', 'look after the ledger: its signing keys, and declared loss')
  addCommand<ConfigOptions>(group, invocation, {
    name: 'keys',
    summary: 'list the keys that sign and signed the ledger',
    about: 'Lists the keys of the ledger with the entries between which each signed.',
    examples: ['ledger keys', 'ledger keys --json'],
    options: configOption,
    run: listKeys,
  })
  addCommand<ConfigOptions>(group, invocation, {
    name: 'trust',
    summary: 'print the trust file of the ledger',
    about:
      'Prints the trust file: the ledger\u2019s name, and its public keys with the time each signed. Auditors and witnesses get it\n' +
      'on another way than the evidence, and anew after each change of a key.',
    examples: ['ledger trust > plant1.trust.json'],
    options: configOption,
    run: printTrust,
  })
  addCommand<RotateOptions>(group, invocation, {
    name: 'rotate-key',
    summary: 'let another key sign from now on',
    about:
      'Hands the ledger over to another key, while the gateway is stopped: writes the change as an entry and signs the\n' +
      'checkpoint over it with both keys. The key before then signs checkpoints along until `ledger retire-key`, so that\n' +
      'auditors and witnesses have time to take the new trust file. With --retire it ends at once: say so where somebody\n' +
      'else may have it. With --lost, which takes the trust file auditors have, the key before is gone and signs nothing.\n\n' +
      'Afterwards set evidence.key to the new file, and evidence.formerKeys to the old one while it signs along.',
    examples: [
      'ledger rotate-key --to keys/ledger-2027.pem --reason "yearly change"',
      'ledger rotate-key --to keys/ledger-2027.pem --retire --reason "laptop with a copy stolen, incident 118"',
      'ledger rotate-key --to keys/ledger-2027.pem --lost plant1.trust.json --reason "disk of the key broke"',
    ],
    options: (command) =>
      configOption(command)
        .requiredOption('--to <file>', 'the new key: Ed25519 private key, PKCS#8 PEM')
        .requiredOption('--reason <text>', 'why, for the evidence')
        .option('--retire', 'the key before signs nothing any more')
        .option('--lost <trust-file>', 'the key before is gone; the trust file that names it'),
    run: rotate,
  })
  addCommand<RetireOptions>(group, invocation, {
    name: 'retire-key <key>',
    summary: 'end a former key that signs along',
    about:
      'Ends a key that signed along since a rotation: a running gateway signs without it from its next checkpoint on. Give\n' +
      'its verifier key, or the eight hex digits of its id, as `ledger keys` shows them. Hand out the new trust file.',
    examples: ['ledger retire-key 1f2e3d4c --reason "every auditor has the new trust file"'],
    options: (command) => configOption(command).requiredOption('--reason <text>', 'why, for the evidence'),
    run: (context, options, [key = '']) => retire(context, options, key),
  })
  addLossCommand(group, invocation)
}

async function listKeys(context: Context, options: ConfigOptions): Promise<void> {
  const { keys, current } = await withStore(context, options, async ({ config, store }) => {
    const { readKeyHistory } = await import('../../evidence/ledger-keys.ts')
    return readKeyHistory(store.evidence, (await needKey(config)).signer.vkey)
  })
  const stateOf = (vkey: string, until: number | null): string =>
    vkey === current ? 'signs' : until === null ? 'signs along' : `retired with entry ${until - 1}`
  const answer = keys.map((key) => ({ ...key, id: keyIdOf(key.vkey), state: stateOf(key.vkey, key.until) }))
  await context.output.answer({ keys: answer }, () =>
    answer.map(({ id, vkey, from, state }) => shown`${id}  from entry ${from}, ${state}\n          ${vkey}`).join('\n'),
  )
}

async function printTrust(context: Context, options: ConfigOptions): Promise<void> {
  const text = await withStore(context, options, async ({ config, store }) => {
    const [{ readKeyHistory }, { trustTextOf }] = await Promise.all([
      import('../../evidence/ledger-keys.ts'),
      import('../../../recorder/index.ts'),
    ])
    const { keys, former } = await readKeyHistory(store.evidence, (await needKey(config)).signer.vkey)
    return trustTextOf([...former, { origin: config.evidence.origin, keys, end: null }])
  })
  const value: unknown = JSON.parse(text)
  await context.output.answer(value, () => text.trimEnd())
}

async function rotate(context: Context, options: RotateOptions): Promise<void> {
  const { reason, to, lost, retire: atOnce } = options
  if (lost !== undefined && atOnce === true) throw misused('--retire and --lost: a lost key is retired anyway')
  const done = await withStore(context, options, async ({ config, store }) => {
    const [{ lockFolder }, { checkContinuity }, { checkpointCopies }, { rotateKey }, { systemClock }] =
      await Promise.all([
        import('../../store/folder-lock.ts'),
        import('../../evidence/continuity.ts'),
        import('../../data-folder.ts'),
        import('../../evidence/rotation.ts'),
        import('../../clock.ts'),
      ])
    const next = await readKey(to, config, '--to')
    const lock = lockOr(() => lockFolder(config.dataFolder))
    try {
      const { old, verifier } = await oldKeyOf(config, lost, atOnce === true)
      const { origin } = config.evidence
      const copies = checkpointCopies(config)
      const { problems } = await checkContinuity({ evidence: store.evidence, verifier, origin }, copies)
      if (problems.length > 0) throw startRefusal(problems, 'the ledger is not one that this key may hand over')
      const rotation = await rotateKey({ store, clock: systemClock, origin, old, next, reason })
      if (rotation.kind !== 'rotated') throw refusalOf(rotation)
      for (const path of copies) await copyOut(path, rotation.checkpoint.note)
      return {
        index: rotation.index,
        previous: verifier.vkey,
        next: next.signer.vkey,
        old: old.kind,
        oldFile: config.evidence.key,
      }
    } finally {
      lock.release()
    }
  })
  await context.output.answer(done, () =>
    [
      shown`ledger handed over with entry ${done.index}`,
      shown`  from ${done.previous}`,
      shown`  to   ${done.next}`,
      shown`next: set evidence.key to ${resolve(to)}${done.old === 'signs-along' ? ` and evidence.formerKeys to [${done.oldFile}]` : ''}, start the gateway,`,
      '      and hand every auditor and witness the new trust file: `sallyport ledger trust`',
    ].join('\n'),
  )
}

async function retire(context: Context, options: RetireOptions, given: string): Promise<void> {
  const done = await withStore(context, options, async ({ config, store }) => {
    const [{ readKeyHistory }, { retireKey }, { systemClock }] = await Promise.all([
      import('../../evidence/ledger-keys.ts'),
      import('../../evidence/rotation.ts'),
      import('../../clock.ts'),
    ])
    const current = (await needKey(config)).signer.vkey
    const { keys } = await readKeyHistory(store.evidence, current)
    const vkey = keys.find((key) => key.vkey === given || keyIdOf(key.vkey) === given)?.vkey ?? given
    const outcome = await retireKey({ store, clock: systemClock, current, vkey, reason: options.reason })
    switch (outcome.kind) {
      case 'retired':
        return { key: vkey, index: outcome.index }
      case 'unknown':
        throw new Failure(`key \`${given}\`: the ledger has no such key: see \`sallyport ledger keys\``)
      case 'current':
        throw new Failure(
          `key \`${given}\`: is the one that signs: hand over first, with \`sallyport ledger rotate-key\``,
        )
      case 'retired-before':
        throw new Failure(`key \`${given}\`: was retired before: see \`sallyport ledger keys\``)
    }
  })
  await context.output.answer(done, () =>
    [
      shown`key ${done.key} retired with entry ${done.index}`,
      'next: take it out of evidence.formerKeys, destroy it, and hand out the new trust file',
    ].join('\n'),
  )
}

/** The eight hex digits after the name; a name has no `+`. */
const keyIdOf = (vkey: string): string => vkey.split('+')[1] ?? ''

const needKey = (config: Config): Promise<SigningKey> => readKey(config.evidence.key, config, 'evidence.key')

async function readKey(file: string, config: Config, what: string): Promise<SigningKey> {
  const { readSigningKey } = await import('../../evidence/signing-key.ts')
  const read = await readSigningKey(file, config.evidence.origin)
  if (read.kind === 'ok') return read
  throw new Failure(`${what}: ${read.found}: ${read.next}`)
}

/** The key before: the one of the configuration, or where it is lost the public one of the trust file. */
async function oldKeyOf(
  config: Config,
  lost: string | undefined,
  atOnce: boolean,
): Promise<{ readonly old: OldKey; readonly verifier: SigningKey['verifier'] }> {
  if (lost === undefined) {
    const { signer, verifier } = await needKey(config)
    return { old: { kind: atOnce ? 'retired' : 'signs-along', signer }, verifier }
  }
  const trust = await readTrust(lost)
  const { origin } = config.evidence
  if (trust.origin !== origin)
    throw new Failure(`trust file \`${lost}\`: expected ledger \`${origin}\`, got \`${trust.origin}\``)
  const verifier = trust.verifiers.at(-1)
  if (verifier === undefined) throw new Failure(`trust file \`${lost}\`: names no key in use`)
  return { old: { kind: 'lost', vkey: verifier.vkey }, verifier }
}

function lockOr(take: () => { release(): void }): { release(): void } {
  try {
    return take()
  } catch (error) {
    throw new Failure(messageOf(error), { cause: error })
  }
}

function refusalOf(
  rotation: { readonly kind: 'same-key' | 'used-before' } | { readonly kind: 'unsealed'; readonly count: number },
): Failure {
  switch (rotation.kind) {
    case 'same-key':
      return new Failure('--to: is the key that signs already: make another with `openssl genpkey -algorithm ed25519`')
    case 'used-before':
      return new Failure(
        '--to: signed this ledger before and was given up: make another with `openssl genpkey -algorithm ed25519`',
      )
    case 'unsealed':
      return new Failure(
        `${rotation.count} recordings have no seal yet, and a retired key may not make it: start the gateway once and stop it`,
      )
  }
}

/** A copy that fails is told: the start of the gateway makes it again. */
async function copyOut(path: string, note: string): Promise<void> {
  try {
    await writeFile(`${path}.new`, note)
    await rename(`${path}.new`, path)
  } catch (error) {
    throw new Failure(
      `checkpoint \`${path}\`: ${messageOf(error)}: the ledger was handed over; the next start copies it`,
      {
        cause: error,
      },
    )
  }
}
