// Ending access at one stroke, with or without keeping somebody off. Both also work on the gateway's own machine while
// its API is down: the store is written directly, and a running gateway carries it out within a second.

import type { Command } from 'commander'
import type { Ended } from '../../access/ending.ts'
import type { Hand, SuspendDeps } from '../../access/suspensions.ts'
import type { SuspendBody, RevocationBody } from '../../contract/standing-bodies.ts'
import { addCommand, type Context, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { Failure, misused } from '../failure.ts'
import { configOption, withStore, type ConfigOptions, type Local } from '../local.ts'
import { shown } from '../plain.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'

interface LocalOptions extends RemoteOptions, ConfigOptions {
  readonly reason: string
  readonly local?: true
  readonly as?: string
}

const targetForm =
  '`person:LOGIN`, `supplier:ID`, `asset:ID`, `zone:ID`, `plant:ID` or `all`; to revoke also a grant (`gra_…`) or session (`ses_…`)'

/** The target a person types. */
function targetOf(text: string): RevocationBody['target'] {
  if (text === 'all') return { kind: 'all', id: '' }
  if (text.startsWith('gra_')) return { kind: 'grant', id: text }
  if (text.startsWith('ses_')) return { kind: 'session', id: text }
  const kinds = ['person', 'supplier', 'asset', 'zone', 'plant'] as const
  const kind = kinds.find((each) => text.startsWith(`${each}:`))
  if (kind === undefined) throw misused(`target \`${text}\`: expected ${targetForm}`)
  return { kind, id: text.slice(kind.length + 1) }
}

function hereOptions(command: Command): Command {
  return configOption(
    remoteOptions(command)
      .requiredOption('--reason <text>', 'shown to the people, and kept as evidence')
      .option('--local', 'on the gateway\u2019s own machine, without its API: needs --as')
      .option('--as <login>', 'with --local: who does it, and has the right to'),
  )
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

interface EndedLine {
  readonly grants: number
  readonly sessions: readonly {
    readonly id: string
    readonly asset: string
    readonly person: { readonly login: string }
    /** Not cut off, because people could come to harm; left out where this is not the gateway's own process. */
    readonly closesAt?: number | null
  }[]
}

function endedText(head: string, { grants, sessions }: EndedLine): string {
  return [
    `${head}: ended ${countOf(grants, 'grant')} and ${countOf(sessions.length, 'session')}`,
    ...sessions.map(({ id, asset, person, closesAt = null }) => {
      const of = shown`- ${id}: ${person.login} on ${asset}`
      return closesAt === null
        ? of
        : shown`${of}: safety-related, types nothing any more and is closed at ${showInstant(closesAt)}`
    }),
  ].join('\n')
}

export function addEndingCommands(program: Command, invocation: Invocation): void {
  addCommand<LocalOptions & { readonly insist?: true }>(program, invocation, {
    name: 'revoke <target>',
    about:
      'Ends what is open under a target: grants, and within a second every session on them. Nobody is kept off; to do\n' +
      'that, suspend. Where an asset asks for a safe state of the process first, it is refused once and names the\n' +
      `sessions: look, and give --insist. A target is ${targetForm}.`,
    examples: [
      'revoke gra_01hzy8x5r2k3m4n5p6q7r8s9t0 --reason "work is done"',
      'revoke zone:north-control --reason "line 2 starts" --insist',
      'revoke all --reason "network incident" --local --as shift-lead',
    ],
    options: (command) =>
      hereOptions(command).option('--insist', 'end sessions also where the asset asks for a safe state first'),
    run: (context, options, [target = '']) => revoke(context, options, target),
  })
  addCommand<LocalOptions>(program, invocation, {
    name: 'suspend <target>',
    about:
      'Keeps a person, supplier, asset, zone, plant or everything off: what is open ends at once, and nothing new may\n' +
      `be asked for, granted or used until another person lifts it. A target is ${targetForm}.`,
    examples: [
      'suspend supplier:acme-drives --reason "their laptop was stolen"',
      'suspend all --reason "network incident" --local --as isms-lead',
    ],
    options: hereOptions,
    run: (context, options, [target = '']) => suspend(context, options, target),
  })
  addCommand<RemoteOptions & { readonly reason: string }>(program, invocation, {
    name: 'lift <suspension>',
    about: 'Lifts a suspension. Who suspended cannot; what was ended stays ended and has to be asked for anew.',
    examples: ['lift sus_01hzy8x5r2k3m4n5p6q7r8s9t0 --reason "the laptop was found, keys were replaced"'],
    options: (command) => remoteOptions(command).requiredOption('--reason <text>', 'why, for the evidence'),
    run: async (context, options, [id = '']) => {
      const body = { reason: options.reason }
      const view = await withGateway(context, options, (gateway) => gateway.call('lift', { id, body }))
      await context.output.answer(view, () => shown`Lifted ${view.id}: ${view.target.kind} ${view.target.name}`)
    },
  })
  addCommand<RemoteOptions & { readonly all?: true }>(program, invocation, {
    name: 'suspensions',
    about: 'Lists who and what is kept off, newest first.',
    examples: ['suspensions', 'suspensions --all'],
    options: (command) => remoteOptions(command).option('--all', 'also lifted ones'),
    run: async (context, options) => {
      const query = { state: options.all === true ? 'all' : 'open' }
      const view = await withGateway(context, options, (gateway) => gateway.call('suspensions', { query }))
      await context.output.answer(view, () =>
        tableText(
          ['SUSPENSION', 'TARGET', 'NAME', 'SINCE', 'BY', 'LIFTED', 'REASON'],
          view.items.map(({ id, target, at, by, lifted, reason }) => [
            id,
            target.id === '' ? target.kind : `${target.kind}:${target.id}`,
            target.name,
            showInstant(at),
            by.login,
            lifted === null ? '-' : `${showInstant(lifted.at)} by ${lifted.by.login}`,
            reason,
          ]),
          'Nobody and nothing is suspended',
        ),
      )
    },
  })
}

async function revoke(
  context: Context,
  options: LocalOptions & { readonly insist?: true },
  text: string,
): Promise<void> {
  const { reason, insist = false } = options
  const target = targetOf(text)
  if (options.local === true) {
    const done = await here(context, options, async (local, deps, hand) => {
      const { revokeAccess } = await import('../../access/revocations.ts')
      const { ended } = await revokeAccess(deps, hand, target, { reason, insist })
      return endedHere(local, target, ended)
    })
    return context.output.answer(done, () => endedText(shown`Revoked ${text}`, lineOf(done)))
  }
  const body = { target, reason, insist }
  const view = await withGateway(context, options, (gateway) => gateway.call('revokeAccess', { body }))
  await context.output.answer(view, () => endedText(shown`Revoked ${text}`, lineOf(view)))
}

async function suspend(context: Context, options: LocalOptions, text: string): Promise<void> {
  const { reason } = options
  const target = targetOf(text)
  if (target.kind === 'grant' || target.kind === 'session')
    throw misused(`target \`${text}\`: a ${target.kind} is revoked, not suspended: suspend the person`)
  const named: SuspendBody['target'] = { kind: target.kind, id: target.id }
  if (options.local === true) {
    const done = await here(context, options, async (local, deps, hand) => {
      const access = await import('../../access/suspensions.ts')
      const { suspension, ended } = await access.suspend(deps, hand, named, reason)
      return { suspension: suspension.id, ...(await endedHere(local, target, ended)) }
    })
    return context.output.answer(done, () => endedText(shown`Suspended ${text} as ${done.suspension}`, lineOf(done)))
  }
  const body = { target: named, reason }
  const view = await withGateway(context, options, (gateway) => gateway.call('suspend', { body }))
  await context.output.answer(view, () =>
    [
      endedText(shown`Suspended ${text} as ${view.suspension.id}`, lineOf(view)),
      ...view.unconfirmed.map(({ id, asset }) => shown`Look at the process: ${asset} asks for a safe state (${id})`),
    ].join('\n'),
  )
}

interface EndedHere {
  readonly target: RevocationBody['target']
  readonly ended: {
    readonly grants: readonly string[]
    readonly sessions: EndedLine['sessions']
  }
}

const lineOf = ({ ended }: { readonly ended: EndedHere['ended'] }): EndedLine => ({
  grants: ended.grants.length,
  sessions: ended.sessions,
})

async function endedHere({ store }: Local, target: RevocationBody['target'], ended: Ended): Promise<EndedHere> {
  const people = await store.people.byIds(ended.sessions.map(({ person }) => person))
  const sessions = ended.sessions.map(({ id, asset, person }) => ({
    id,
    asset,
    person: { login: people.get(person)?.login ?? 'erased' },
  }))
  return { target, ended: { grants: ended.grants, sessions } }
}

/** Runs `work` on the store of this machine, as the person named: holding the machine's files is not being somebody. */
async function here<T>(
  context: Context,
  options: LocalOptions,
  work: (local: Local, deps: SuspendDeps, hand: Hand) => Promise<T>,
): Promise<T> {
  const { as } = options
  if (as === undefined) throw misused('--local needs --as LOGIN: somebody has to answer for it')
  return withStore(context, options, async (local) => {
    const [{ parseLogin }, { systemClock }, { GatewayError }, { readBundleInForce }] = await Promise.all([
      import('../../../policy/ids.ts'),
      import('../../clock.ts'),
      import('../../errors.ts'),
      import('../bundle-in-force.ts'),
    ])
    const parsed = parseLogin(as)
    const person = parsed.kind === 'ok' ? await local.store.people.byLogin(parsed.id) : null
    if (person === null || person.disabled)
      throw new Failure(`person \`${as}\`: there is none of that login, or it is disabled: see \`sallyport user list\``)
    const bundle = await readBundleInForce(local)
    const deps = { store: local.store, clock: systemClock, bundle: () => bundle }
    try {
      return await work(local, deps, { person, via: 'local' })
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      throw new Failure(error.message, { details: { code: error.code, ...error.extra }, cause: error })
    }
  })
}
