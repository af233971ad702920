// Machine accounts. Registering and changing one needs the gateway's own machine, as adding people does; reading them and
// handing one over is done with a login.

import type { Command } from 'commander'
import type { MachineView } from '../../contract/views.ts'
import type { Changed } from '../../identity/machines.ts'
import { addCommand, addGroup, asList, asWords, type Context, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { Failure, misused } from '../failure.ts'
import { configOption, withStore, type ConfigOptions } from '../local.ts'
import { plain, shown } from '../plain.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'
import { needPerson, readKeyFile } from './people.ts'

interface AddOptions extends ConfigOptions {
  readonly name: string
  readonly owner: string
  readonly purpose: string
  readonly supplier?: string
  readonly plant: readonly string[]
  readonly until: string
  readonly source: readonly string[]
  readonly key: readonly string[]
}

interface ChangeOptions extends ConfigOptions {
  readonly until?: string
  readonly source?: readonly string[]
  readonly addKey?: readonly string[]
  readonly removeKey?: readonly string[]
  readonly reason: string
}

type HandOverOptions = RemoteOptions & { readonly to: string; readonly reason: string }

export function addMachineCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'machine', 'machine accounts: who answers for each, and until when')
  addCommand<AddOptions>(group, invocation, {
    name: 'add <login>',
    summary: 'register a machine account',
    about:
      'Registers a machine account on the gateway\u2019s own machine. It logs in over SSH with its key alone, from the\n' +
      'networks named here and until its last day; it has no password, no page, no terminal and no shell. Its owner asks\n' +
      'for its access (`request --machine`). What it may run, and that its key is enough, the bundle says: `machines` of\n' +
      'access.yaml.',
    examples: [
      'machine add svc-mes-erp --name "MES to ERP" --owner engineer2 --purpose "nightly counters" --plant north --until 2027-12-31 --source 10.20.0.5/32 --key mes-erp.pub',
    ],
    options: (command) =>
      configOption(command)
        .requiredOption('--name <name>', 'name as others will read it')
        .requiredOption('--owner <login>', 'who answers for it and asks in its name')
        .requiredOption('--purpose <text>', 'what it is there for')
        .requiredOption('--plant <ids>', 'plants it acts for; with commas between', asWords)
        .requiredOption('--until <day>', 'its last day, UTC, as 2027-12-31')
        .requiredOption('--source <networks>', 'networks it comes from, as 10.20.0.5/32; with commas between', asWords)
        .requiredOption('--key <file>', 'OpenSSH public key file; may be given again', asList)
        .option('--supplier <id>', 'the supplier it belongs to, as in the bundle'),
    run: (context, options, [login = '']) => add(context, options, login),
  })
  addCommand<ChangeOptions>(group, invocation, {
    name: 'change <login>',
    summary: 'set its end, networks or keys anew',
    about:
      'Changes a machine account on the gateway\u2019s own machine: its last day, the networks it comes from (all of them are\n' +
      'given anew), or its keys. Running sessions from elsewhere end. To take it off for good: `user disable`.',
    examples: [
      'machine change svc-mes-erp --until 2028-12-31 --reason "contract renewed"',
      'machine change svc-mes-erp --add-key new.pub --remove-key SHA256:\u2026 --reason "yearly key change"',
    ],
    options: (command) =>
      configOption(command)
        .option('--until <day>', 'its last day, UTC')
        .option('--source <networks>', 'every network it comes from; with commas between', asWords)
        .option('--add-key <file>', 'OpenSSH public key file; may be given again', asList)
        .option('--remove-key <fingerprint>', 'fingerprint of a key to take away; may be given again', asList)
        .requiredOption('--reason <text>', 'why, for the evidence'),
    run: (context, options, [login = '']) => change(context, options, login),
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'list',
    summary: 'list machine accounts',
    about:
      'Lists machine accounts with who answers for each, what stands in its way, its last day, its last use and its last\n' +
      'review. Who watches over the plants sees all, an approver those of their plants, everybody those they answer for.',
    examples: ['machine list', 'machine list --json'],
    options: remoteOptions,
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('machines'))
      await context.output.answer(view, () => listText(view.items))
    },
  })
  addCommand<HandOverOptions>(group, invocation, {
    name: 'hand-over <login>',
    summary: 'let somebody else answer for it',
    about:
      'Hands a machine account over, as an administrator. One whose owner was disabled is of no use until then. The new\n' +
      'owner is of the plant, or of the machine\u2019s supplier, and acts for every plant it does.',
    examples: ['machine hand-over svc-mes-erp --to engineer2 --reason "took over the MES"'],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--to <login>', 'who answers for it from now on')
        .requiredOption('--reason <text>', 'why, for the evidence'),
    run: (context, options, [login = '']) => handOver(context, options, login),
  })
}

async function add(context: Context, options: AddOptions, login: string): Promise<void> {
  const keys = await Promise.all(options.key.map(readKeyFile))
  const { name: displayName, owner, purpose, plant: plants, until, source: sources } = options
  const given = { login, displayName, owner, purpose, supplier: options.supplier ?? null, plants, until, sources, keys }
  const done = await withStore(context, options, async ({ store }) => {
    const [{ registerMachine }, { systemClock }] = await Promise.all([
      import('../../identity/machines.ts'),
      import('../../clock.ts'),
    ])
    return registerMachine({ store, clock: systemClock }, given, null)
  })
  await tell(context, done, login, 'not added', (person) => shown`Added machine account ${person}, owned by ${owner}`)
}

async function change(context: Context, options: ChangeOptions, login: string): Promise<void> {
  const { until, source: sources, addKey, removeKey, reason } = options
  if (until === undefined && sources === undefined && addKey === undefined && removeKey === undefined)
    throw misused('machine change: give --until, --source, --add-key or --remove-key')
  const addKeys = await Promise.all((addKey ?? []).map(readKeyFile))
  const done = await withStore(context, options, async ({ store }) => {
    const [{ changeMachine }, { systemClock }] = await Promise.all([
      import('../../identity/machines.ts'),
      import('../../clock.ts'),
    ])
    const wanted = {
      ...(until === undefined ? {} : { until }),
      ...(sources === undefined ? {} : { sources }),
      addKeys,
      removeKeys: removeKey ?? [],
      reason,
    }
    return changeMachine({ store, clock: systemClock }, await needPerson({ store }, login), wanted, null)
  })
  await tell(context, done, login, 'not changed', (person) => shown`Changed machine account ${person}`)
}

async function handOver(context: Context, options: HandOverOptions, login: string): Promise<void> {
  const { to, reason } = options
  const view = await withGateway(context, options, async (gateway) => {
    const { items } = await gateway.call('machines')
    const found = items.find(({ machine }) => machine.login === login)
    if (found === undefined)
      throw new Failure(`machine account \`${login}\`: there is none of that login: see \`sallyport machine list\``)
    return gateway.call('handOverMachine', { id: found.machine.id, body: { to, reason } })
  })
  await context.output.answer(view, () => shown`${view.owner.displayName} answers for ${view.machine.login} now`)
}

async function tell(
  context: Context,
  done: Changed,
  login: string,
  failed: string,
  text: (login: string) => string,
): Promise<void> {
  if (done.kind === 'invalid')
    throw new Failure(`machine account \`${login}\`: ${failed}: mend what is named and try again`, {
      details: { code: 'machine-invalid', problems: done.problems },
      lines: done.problems.map((problem) => `- ${plain(problem)}`),
    })
  await context.output.answer({ person: done.person }, () => text(done.person.login))
}

function listText(items: readonly MachineView[]): string {
  return tableText(
    ['LOGIN', 'STATE', 'OWNER', 'PURPOSE', 'PLANTS', 'UNTIL', 'FROM', 'GRANTS', 'LAST USE', 'LAST REVIEW'],
    items.map((one) => [
      one.machine.login,
      one.state,
      one.owner.login,
      one.purpose,
      one.plants.join(','),
      one.until,
      one.sources.join(','),
      String(one.openGrants),
      one.lastUse === null ? 'never' : showInstant(one.lastUse),
      one.lastReview === null ? 'none' : `${one.lastReview.verdict} ${showInstant(one.lastReview.at)}`,
    ]),
    'No machine account yet: `sallyport machine add` on the gateway\u2019s own machine',
  )
}
