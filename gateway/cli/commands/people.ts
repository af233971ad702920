// People, on the gateway's own machine: the first administrator has nobody to ask, so this needs no login, only the
// files. Every change is evidence all the same.

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Bundle, Person } from '../../../policy/index.ts'
import { addCommand, addGroup, asList, asWords, type Context, type Invocation } from '../command.ts'
import { readBundleInForce } from '../bundle-in-force.ts'
import { Failure, messageOf, misused } from '../failure.ts'
import { configOption, withStore, type ConfigOptions, type Local } from '../local.ts'
import { addOversightCommand, oversightOption, plantsText } from './oversight.ts'
import { plain, shown } from '../plain.ts'
import { qrCode } from '../qr-code.ts'
import { fieldsText, tableText } from '../table.ts'
import { readSecretFile } from './login.ts'

interface AddOptions extends ConfigOptions {
  readonly name: string
  readonly role: readonly string[]
  readonly supplier?: string
  readonly plant?: readonly string[]
  readonly key?: readonly string[]
  readonly passwordFile?: string
  readonly email?: string
  readonly oversight?: 'all' | 'plants'
}

export function addPeopleCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'user', 'add, list and disable people')
  addCommand<AddOptions>(group, invocation, {
    name: 'add <login>',
    summary: 'add a person, show password and authenticator once',
    about:
      'Adds a person. Prints the password (made here, unless --password-file gives one) and the address of the one-time\n' +
      'codes, on a terminal with its QR code. Both are shown this once; hand them over in person.',
    examples: [
      'user add shiftlead --name "Shift lead" --role approver --plant north',
      'user add engineer1 --name "Service engineer" --role vendor --supplier acme-drives --plant north --key engineer1.pub',
    ],
    options: (command) =>
      configOption(command)
        .requiredOption('--name <name>', 'name as others will read it')
        .requiredOption(
          '--role <roles>',
          'vendor, engineer, approver, escort, safety-engineer, auditor, isms-manager, admin; with commas between',
          asWords,
        )
        .option('--supplier <id>', 'the supplier a vendor works for, as in the bundle')
        .option('--plant <ids>', 'plants the person acts for; with commas between', asWords)
        .option('--key <file>', 'OpenSSH public key file; may be given again', asList)
        .option('--password-file <file>', 'file whose first line is the password')
        .option('--email <address>', 'where messages to the person go')
        .addOption(oversightOption()),
    run: (context, options, [login = '']) => add(context, options, login),
  })
  addCommand<ConfigOptions>(group, invocation, {
    name: 'list',
    summary: 'list people',
    about: 'Lists everybody with roles, supplier and plants.',
    examples: ['user list', 'user list --json'],
    options: configOption,
    run: list,
  })
  addCommand<ConfigOptions & { readonly reason: string }>(group, invocation, {
    name: 'disable <login>',
    summary: 'disable a person and end their sessions',
    about: 'Disables a person: logins stop working at once, and running sessions end within a second. It is evidence.',
    examples: ['user disable engineer1 --reason "left the company"'],
    options: (command) => configOption(command).requiredOption('--reason <text>', 'why, for the evidence'),
    run: (context, options, [login = '']) => disable(context, options, login),
  })
  addCommand<ConfigOptions>(group, invocation, {
    name: 'key <login> <file>',
    summary: 'let a person log in with one more public key',
    about: 'Adds an OpenSSH public key. A key replaces the password, never the one-time code.',
    examples: ['user key engineer1 engineer1.pub'],
    options: configOption,
    run: (context, options, [login = '', file = '']) => addKey(context, options, login, file),
  })
  addCommand<ConfigOptions & { readonly remove?: true }>(group, invocation, {
    name: 'email <login> [address]',
    summary: 'set or remove where messages to a person go',
    about:
      'Sets the mail address of a person, or with --remove takes it back: they are then told nothing by mail. The address\n' +
      'is personal data: the ledger holds only a commitment to it. It is evidence.',
    examples: ['user email shiftlead shiftlead@plant.example', 'user email engineer1 --remove'],
    options: (command) => configOption(command).option('--remove', 'take the address back'),
    run: (context, options, [login = '', address]) => setEmail(context, options, login, address),
  })
  addOversightCommand(group, invocation)
}

async function add(context: Context, options: AddOptions, login: string): Promise<void> {
  const { output } = context
  const password = options.passwordFile === undefined ? null : await readSecretFile(options.passwordFile)
  const keys = await Promise.all((options.key ?? []).map(readKeyFile))
  const enrolled = await withStore(context, options, async (local) => {
    const [{ enrol }, { openPasswords }, { systemClock }] = await Promise.all([
      import('../../identity/enrol.ts'),
      import('../../identity/passwords.ts'),
      import('../../clock.ts'),
    ])
    for (const note of await undeclared(local, options)) output.note(note)
    const bundle = await rulesInForce(local)
    const passwords = await openPasswords({ cost: local.config.login.passwordCost, parallel: 1, queue: 1 })
    const supplier = options.supplier ?? null
    const plants = options.plant ?? []
    const email = options.email ?? null
    const account = { login, displayName: options.name, roles: options.role, supplier, plants, password, keys, email }
    const given = options.oversight === undefined ? account : { ...account, oversight: options.oversight }
    const deps = { store: local.store, vault: local.vault, passwords, clock: systemClock }
    return enrol(bundle === null ? deps : { ...deps, bundle }, given)
  })
  if (enrolled.kind === 'invalid') {
    throw new Failure(`person \`${login}\`: not added: mend what is named and try again`, {
      details: { code: 'person-invalid', problems: enrolled.problems },
      lines: enrolled.problems.map((problem) => `- ${plain(problem)}`),
    })
  }
  const { person } = enrolled
  // The only place where these leave their wrapping: they are what the command was asked for.
  const secrets = {
    password: enrolled.password?.expose() ?? null,
    totpSecret: enrolled.totpSecret.expose(),
    totpUri: enrolled.totpUri.expose(),
  }
  const code = output.terminal && !output.json ? await qrCode(enrolled.totpUri) : ''
  await output.answer({ person, ...secrets }, () =>
    [
      shown`Added ${person.displayName} as ${person.login} (${person.id})`,
      fieldsText([
        ['password', secrets.password ?? 'as given'],
        ['one-time codes', secrets.totpUri],
      ]),
      ...(code === '' ? [] : [code.trimEnd()]),
      'Shown this once: put the address into an authenticator app now.',
    ].join('\n'),
  )
}

/** The bundle whose rules of separation hold; null where none was ever in force and the folder's cannot be read. */
async function rulesInForce(local: Local): Promise<Bundle | null> {
  const isFirst = (await local.store.bundles.latest()) === null
  // That the folder cannot be read has been noted; the first account of a gateway needs no bundle.
  return isFirst ? readBundleInForce(local).catch(() => null) : readBundleInForce(local)
}

/** What the bundle does not declare yet. A note only: the bundle may be about to change. */
async function undeclared({ config }: Local, options: AddOptions): Promise<string[]> {
  const { loadBundle } = await import('../../access/bundles.ts')
  const loaded = await loadBundle(config.bundleFolder).catch((error: unknown) => messageOf(error))
  if (typeof loaded === 'string' || loaded.kind === 'invalid') {
    return [
      `note: bundle \`${plain(config.bundleFolder)}\` cannot be read: plants and supplier were not looked up in it`,
    ]
  }
  const known = {
    plants: new Set<string>(loaded.bundle.plants.keys()),
    suppliers: new Set<string>(loaded.bundle.suppliers.keys()),
  }
  const notes = (options.plant ?? [])
    .filter((plant) => !known.plants.has(plant))
    .map((plant) => shown`note: plant \`${plant}\` is not in the bundle: it gives no access`)
  if (options.supplier !== undefined && !known.suppliers.has(options.supplier)) {
    notes.push(shown`note: supplier \`${options.supplier}\` is not in the bundle: it gives no access`)
  }
  return notes
}

async function list(context: Context, options: ConfigOptions): Promise<void> {
  const items = await withStore(context, options, async ({ store }) => {
    const people = await store.people.list()
    return Promise.all(
      people.map(async (person) => ({
        ...person,
        keys: await store.people.keys(person.id),
        email: await store.people.email(person.id),
      })),
    )
  })
  await context.output.answer({ items }, () =>
    tableText(
      ['LOGIN', 'NAME', 'ROLES', 'SUPPLIER', 'PLANTS', 'KEYS', 'STATE', 'MAIL', 'ID'],
      items.map((person) => [
        person.login,
        person.displayName,
        person.roles.join(','),
        person.supplier ?? '-',
        plantsText(person),
        String(person.keys.length),
        person.disabled ? 'disabled' : 'enabled',
        person.email ?? '-',
        person.id,
      ]),
      'Nobody yet: add the first with `sallyport user add`',
    ),
  )
}

async function disable(
  context: Context,
  options: ConfigOptions & { readonly reason: string },
  login: string,
): Promise<void> {
  const person = await withStore(context, options, async ({ store }) => {
    const found = await needPerson({ store }, login)
    if (found.disabled) throw new Failure(`person \`${login}\`: is disabled already: nothing was changed`)
    const [{ disablePerson }, { systemClock }] = await Promise.all([
      import('../../identity/disable.ts'),
      import('../../clock.ts'),
    ])
    // By nobody: whoever has this machine's files is not a person the gateway knows.
    await disablePerson({ store, clock: systemClock }, found, null, options.reason)
    return { ...found, disabled: true }
  })
  await context.output.answer({ person }, () => shown`Disabled ${person.displayName} (${person.login})`)
}

async function addKey(context: Context, options: ConfigOptions, login: string, file: string): Promise<void> {
  const { parsePublicKey } = await import('../../identity/enrol.ts')
  const key = parsePublicKey(await readKeyFile(file))
  if ('problem' in key) throw new Failure(`public key \`${file}\`: ${key.problem}`)
  const person = await withStore(context, options, async ({ store }) => {
    const found = await needPerson({ store }, login)
    await store.change(async (tx) => {
      if ((await tx.people.addKey(found.id, key)) === 'key-taken') {
        throw new Failure(
          `public key ${key.fingerprint}: belongs to somebody already: give each person a key of their own`,
        )
      }
      const entry = { person: found.id, by: null, key: await tx.ledger.commit(key.fingerprint) }
      await tx.ledger.append('identity.key_added', Date.now(), entry)
    })
    return found
  })
  await context.output.answer({ person, key }, () => shown`Added key ${key.fingerprint} to ${person.login}`)
}

async function setEmail(
  context: Context,
  options: ConfigOptions & { readonly remove?: true },
  login: string,
  address: string | undefined,
): Promise<void> {
  if ((address === undefined) === (options.remove === undefined))
    throw misused('user email: give an address or --remove')
  const [{ parseAddress }, { setAddress }, { systemClock }] = await Promise.all([
    import('../../mail-address.ts'),
    import('../../identity/contact.ts'),
    import('../../clock.ts'),
  ])
  const parsed = address === undefined ? null : parseAddress(address)
  if (parsed?.kind === 'malformed') throw misused(parsed.reason)
  const email = parsed?.address ?? null
  const person = await withStore(context, options, async ({ store }) => {
    const found = await needPerson({ store }, login)
    await setAddress({ store, clock: systemClock }, found, null, email)
    return found
  })
  await context.output.answer({ person, email }, () =>
    email === null ? shown`Messages go to ${person.login} no more` : shown`Messages to ${person.login} go to ${email}`,
  )
}

export async function needPerson({ store }: Pick<Local, 'store'>, login: string): Promise<Person> {
  const { parseLogin } = await import('../../../policy/ids.ts')
  const parsed = parseLogin(login)
  const found = parsed.kind === 'ok' ? await store.people.byLogin(parsed.id) : null
  if (found === null) throw new Failure(`person \`${login}\`: there is none of that login: see \`sallyport user list\``)
  return found
}

export async function readKeyFile(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    throw new Failure(`public key \`${file}\`: ${messageOf(error)}: give an OpenSSH public key file`, { cause: error })
  }
}
