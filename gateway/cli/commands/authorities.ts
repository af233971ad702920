// Certificate authorities for accounts on targets, on the gateway's own machine: what targets have to trust, and changing
// to another one in two steps, so that targets trust the next one before it signs.

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { makeAuthority, publicAuthority, readAuthority } from '../../identity/user-authority.ts'
import { Secret } from '../../secret.ts'
import { addCommand, type Context, type Invocation } from '../command.ts'
import { Failure, messageOf, misused } from '../failure.ts'
import { configOption, withStore, type ConfigOptions, type Local } from '../local.ts'
import { shown } from '../plain.ts'

type Authority = ReturnType<typeof publicAuthority>
type RotateOptions = ConfigOptions & { readonly switch?: true }

/** Where the next authority waits: no bundle can name it, for a name there has no dot. */
const nextOf = (name: string): string => `${name}.next`

/** What somebody does with it on a target. */
export const trustText = ({ line, fingerprint }: Authority): string =>
  [
    shown`Fingerprint ${fingerprint}`,
    'Targets trust it by a line in a file that `TrustedUserCAKeys` of their sshd_config names:',
    shown`${line}`,
  ].join('\n')

/** An authority as the options of `credential set` say it. */
export async function readAuthorityOptions(options: {
  readonly kind: string
  readonly passwordFile: string | undefined
  readonly keyFile: string | undefined
}): Promise<{ readonly kind: 'authority'; readonly secret: Secret<string> }> {
  if (options.kind !== 'ca') throw misused(shown`--kind: expected ca, got ${options.kind}`)
  if (options.passwordFile !== undefined) throw misused('--password-file: an authority has no password: leave it out')
  if (options.keyFile === undefined) return { kind: 'authority', secret: makeAuthority() }
  let text: string
  try {
    text = await readFile(options.keyFile, 'utf8')
  } catch (error) {
    throw new Failure(`private key \`${options.keyFile}\`: ${messageOf(error)}: give a file you can read`, {
      cause: error,
    })
  }
  const secret = readAuthority(new Secret(text))
  if (secret === null)
    throw new Failure(
      `private key \`${options.keyFile}\`: expected an Ed25519 private key without passphrase: make one with \`ssh-keygen -t ed25519\``,
    )
  return { kind: 'authority', secret }
}

export function addAuthorityCommands(group: Command, invocation: Invocation): void {
  addCommand<ConfigOptions>(group, invocation, {
    name: 'trust <name>',
    summary: 'print what targets have to trust of an authority',
    about: 'Prints the public key of a certificate authority in the vault, and of the next one where one waits.',
    examples: ['credential trust north-accounts'],
    options: configOption,
    run: async (context, options, [name = '']) => {
      const [now, next] = await withStore(context, options, async (parts) => {
        const current = await authorityOf(parts, name)
        return [publicAuthority(current, name), await nextAuthority(parts, name)]
      })
      await context.output.answer({ name, authority: now, next }, () =>
        next === null ? trustText(now) : `${trustText(now)}\n\nThe next one:\n${trustText(next)}`,
      )
    },
  })
  addCommand<RotateOptions>(group, invocation, {
    name: 'rotate <name>',
    summary: 'change to another certificate authority, in two steps',
    about:
      'Makes the next authority and prints it: have every target trust it beside the one that signs now. With --switch\n' +
      'it signs from then on, and targets need not trust the old one any more. Both steps are evidence.',
    examples: ['credential rotate north-accounts', 'credential rotate north-accounts --switch'],
    options: (command) => configOption(command).option('--switch', 'the next one signs from now on'),
    run: (context, options, [name = '']) => rotate(context, options, name),
  })
}

async function rotate(context: Context, options: RotateOptions, name: string): Promise<void> {
  const { authority, step } = await withStore(context, options, async (parts) => {
    const [{ putCredential, moveCredential }, { systemClock }] = await Promise.all([
      import('../../identity/credentials.ts'),
      import('../../clock.ts'),
    ])
    const deps = { store: parts.store, vault: parts.vault, clock: systemClock }
    await authorityOf(parts, name)
    if (options.switch) {
      const next = await nextAuthority(parts, name)
      if (next === null)
        throw new Failure(`authority \`${name}\`: no next one waits: make it with \`credential rotate ${name}\` first`)
      await moveCredential(deps, nextOf(name), name)
      return { authority: next, step: 'switched' as const }
    }
    const secret = makeAuthority()
    await putCredential(deps, { name: nextOf(name), kind: 'authority', secret })
    return { authority: publicAuthority(secret, name), step: 'prepared' as const }
  })
  await context.output.answer({ name, step, authority }, () =>
    step === 'switched'
      ? shown`Authority \`${name}\` signs with ${authority.fingerprint} from now on`
      : `${trustText(authority)}\n${shown`When every target trusts it: sallyport credential rotate ${name} --switch`}`,
  )
}

async function authorityOf(parts: Local, name: string): Promise<Secret<string>> {
  const { readCredential } = await import('../../identity/credentials.ts')
  const stored = await parts.store.credentials.get(name)
  const secret = stored?.kind === 'authority' ? await readCredential(parts, name) : null
  if (secret === null)
    throw new Failure(
      `credential \`${name}\`: the vault holds no authority of that name: make one with \`credential set ${name} --kind ca\``,
    )
  return secret
}

async function nextAuthority(parts: Local, name: string): Promise<Authority | null> {
  const { readCredential } = await import('../../identity/credentials.ts')
  const secret = await readCredential(parts, nextOf(name))
  return secret === null ? null : publicAuthority(secret, name)
}
