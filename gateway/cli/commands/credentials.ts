// Credentials of targets, on the gateway's own machine: put into the vault, never shown again.

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { Secret } from '../../secret.ts'
import type { CredentialKind } from '../../store/credentials.ts'
import { addCommand, addGroup, type Context, type Invocation } from '../command.ts'
import { Failure, messageOf, misused } from '../failure.ts'
import { configOption, withStore, type ConfigOptions } from '../local.ts'
import { shown } from '../plain.ts'
import { askSecret } from '../prompt.ts'
import { publicAuthority } from '../../identity/user-authority.ts'
import { addAuthorityCommands, readAuthorityOptions, trustText } from './authorities.ts'
import { readSecretFile } from './login.ts'

interface SetOptions extends ConfigOptions {
  readonly passwordFile?: string
  readonly keyFile?: string
  readonly kind?: string
}

export function addCredentialCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'credential', 'keep the credentials of targets')
  addCommand<SetOptions>(group, invocation, {
    name: 'set <name>',
    summary: 'put a target\u2019s password, private key or authority into the vault',
    about:
      'Keeps a credential under the name that endpoints in the bundle use. It is sealed with the vault key, injected by\n' +
      'the gateway when a session opens, and never shown again. A credential of that name is replaced. It is evidence.\n' +
      'With --kind ca it is a certificate authority of the gateway\u2019s own: a new one, or the Ed25519 key of --key-file.\n' +
      'Each session gets a certificate of a few minutes whose key id is the session. What targets have to trust is printed.',
    examples: [
      'credential set ews-1-service --password-file secret.txt',
      'credential set historian --key-file id_ed25519',
      'credential set north-accounts --kind ca',
    ],
    options: (command) =>
      configOption(command)
        .option('--password-file <file>', 'file whose first line is the password')
        .option('--key-file <file>', 'private key file, OpenSSH form, without passphrase')
        .option('--kind <kind>', 'ca: a certificate authority; left out, a password or a key'),
    run: (context, options, [name = '']) => set(context, options, name),
  })
  addAuthorityCommands(group, invocation)
}

async function set(context: Context, options: SetOptions, name: string): Promise<void> {
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(name))
    throw misused(`credential \`${name}\`: expected 1 to 63 of a-z, 0-9, ., _ and -`)
  const { kind, secret } = await readCredential(options)
  const authority = kind === 'authority' ? publicAuthority(secret, name) : null
  const replaced = await withStore(context, options, async ({ store, vault }) => {
    const [{ putCredential }, { systemClock }] = await Promise.all([
      import('../../identity/credentials.ts'),
      import('../../clock.ts'),
    ])
    const before = await store.credentials.get(name)
    await putCredential({ store, vault, clock: systemClock }, { name, kind, secret })
    return before !== null
  })
  await context.output.answer({ name, kind, replaced, ...(authority && { authority }) }, () => {
    const said = shown`${replaced ? 'Replaced' : 'Stored'} ${kind} \`${name}\``
    return authority === null ? said : `${said}\n${trustText(authority)}`
  })
}

async function readCredential({
  kind,
  passwordFile,
  keyFile,
}: SetOptions): Promise<{ kind: CredentialKind; secret: Secret<string> }> {
  if (passwordFile !== undefined && keyFile !== undefined)
    throw misused('--password-file and --key-file: give one of them')
  if (kind !== undefined) return readAuthorityOptions({ kind, passwordFile, keyFile })
  if (keyFile !== undefined) return { kind: 'private-key', secret: await readPrivateKey(keyFile) }
  if (passwordFile !== undefined) return { kind: 'password', secret: await readSecretFile(passwordFile) }
  const secret = await askSecret('Password of the target: ', 'give --password-file or --key-file')
  if (secret.expose() === '') throw misused('password: expected some text, got nothing')
  return { kind: 'password', secret }
}

async function readPrivateKey(file: string): Promise<Secret<string>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new Failure(`private key \`${file}\`: ${messageOf(error)}: give a file you can read`, { cause: error })
  }
  // What the key is, and whether ssh can use it, shows at the first session; a public key given by mistake shows here.
  if (!/^-----BEGIN (?:OPENSSH |RSA |EC )?PRIVATE KEY-----\n/m.test(text)) {
    throw new Failure(`private key \`${file}\`: expected a private key in OpenSSH or PEM form without passphrase`)
  }
  return new Secret(text)
}
