// Who works here: accounts and where their roles come from, what rules of separation say of them, feeds of people, and the
// one-time secrets of prepared accounts. Reading needs a login; the rest the gateway's own machine.

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { AccountsView, AccountView } from '../../contract/views.ts'
import type { FeedChange, FeedOutcome } from '../../people/feed.ts'
import { addCommand, addGroup, asInstant, asNumber, asWords, type Context, type Invocation } from '../command.ts'
import { readBundleInForce } from '../bundle-in-force.ts'
import { showInstant } from '../duration.ts'
import { Failure, messageOf } from '../failure.ts'
import { configOption, withStore, type ConfigOptions } from '../local.ts'
import { plain, shown } from '../plain.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'
import { needPerson } from './people.ts'

interface FeedOptions extends ConfigOptions {
  readonly source: string
  readonly dryRun?: true
  readonly asOf?: number
  readonly count?: number
  readonly acceptLeavers?: number
  readonly adopt?: readonly string[]
}

interface RoleOptions extends ConfigOptions {
  readonly role: readonly string[]
  readonly plant?: readonly string[]
  readonly reason: string
}

const mostRows = 50_000

export function addAccountCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'people', 'who has which role and from where; feeds of people; enrolment')
  addCommand<RemoteOptions>(group, invocation, {
    name: 'list',
    summary: 'list accounts, and where each role comes from',
    about:
      'Lists accounts with their roles and where each comes from: by hand, or a feed and the mapping of the bundle that\n' +
      'gives it. Who watches over the plants reads all, an approver those of their plants.',
    examples: ['people list', 'people list --json'],
    options: remoteOptions,
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('people'))
      await context.output.answer(view, () => listText(view.items))
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'separation',
    summary: 'who holds together what a rule keeps apart',
    about:
      'Lists the rules of separation (`separation` of access.yaml) and everybody who breaks one, with the day from which\n' +
      'the roles that decide, approve or audit are of no use to them. Before that day nothing is withheld.',
    examples: ['people separation'],
    exits: [
      '0  nobody breaks a rule',
      '1  somebody does, or it failed',
      '2  the command line is wrong, nothing was tried',
    ],
    options: remoteOptions,
    run: async (context, options) => {
      const { items, rules } = await withGateway(context, options, (gateway) => gateway.call('people'))
      const breaches = items.flatMap(({ person, breaches: of }) => of.map((breach) => ({ person, ...breach })))
      await context.output.answer({ rules, breaches }, () => separationText(rules, breaches))
      return breaches.length === 0 ? 0 : 1
    },
  })
  addCommand<FeedOptions>(group, invocation, {
    name: 'feed <file>',
    summary: 'take a feed of people: who came, moved and left',
    about:
      'Takes a feed of people (CSV or JSON, see docs/people-feed.md) on the gateway\u2019s own machine. Who is new gets a prepared\n' +
      'account, who moved other roles and plants, who left is closed at once with their grants and sessions. A feed that\n' +
      'is cut off, empty, older than the last one, or would close too many accounts is refused whole. Show it first\n' +
      'with --dry-run.',
    examples: [
      'people feed people.csv --source hr --dry-run',
      'people feed people.csv --source hr',
      'people feed export.csv --source hr --count 214 --as-of 2026-11-21T04:00:00Z',
    ],
    options: (command) =>
      configOption(command)
        .requiredOption('--source <feed>', 'the feed, as `peopleFeeds` of access.yaml names it')
        .option('--dry-run', 'show what it would change, and change nothing')
        .option('--as-of <time>', 'the state it tells of, where its last row does not say', asInstant)
        .option('--count <n>', 'how many people it holds, where its last row does not say', asNumber(1, mostRows, true))
        .option('--accept-leavers <n>', 'that exactly so many leave at once is meant', asNumber(1, mostRows, true))
        .option(
          '--adopt <logins>',
          'accounts made by hand that it answers for from now on; with commas between',
          asWords,
        ),
    run: (context, options, [file = '']) => takeFile(context, options, file),
  })
  addCommand<ConfigOptions>(group, invocation, {
    name: 'feed-secret <feed>',
    summary: 'make the secret a feed is signed with over HTTP',
    about:
      'Makes the secret with which a system signs the feeds it sends to /api/v1/people-feeds/FEED (Standard Webhooks). It is\n' +
      'shown this once and kept in the vault; an earlier one stops working. It is evidence.',
    examples: ['people feed-secret hr'],
    options: configOption,
    run: (context, options, [feed = '']) => makeFeedSecret(context, options, feed),
  })
  addCommand<ConfigOptions>(group, invocation, {
    name: 'invite <login>',
    summary: 'make the one-time secret of a prepared account',
    about:
      'Makes the one-time secret with which the person of a prepared account enrols, on the page /enrol: they add their\n' +
      'own authenticator and choose their own password. It is good once and for 72 hours; another one ends it.\n' +
      'Hand it over in person, or in another way than the login.',
    examples: ['people invite anna'],
    options: configOption,
    run: (context, options, [login = '']) => inviteOne(context, options, login),
  })
  addCommand<RoleOptions>(group, invocation, {
    name: 'roles <login>',
    summary: 'set the roles and plants of a person by hand',
    about:
      'Sets what a person holds, on the gateway\u2019s own machine. A role that a rule of separation keeps apart from another is\n' +
      'refused from the day of the rule on. What a feed gives and is left out here stays out, whatever the feed says.',
    examples: ['people roles anna --role engineer,escort --plant north --reason "comes along from now on"'],
    options: (command) =>
      configOption(command)
        .requiredOption('--role <roles>', 'every role from now on; with commas between', asWords)
        .option('--plant <ids>', 'every plant from now on; with commas between. Left out, they stay', asWords)
        .requiredOption('--reason <text>', 'why, for the evidence'),
    run: (context, options, [login = '']) => setRoles(context, options, login),
  })
}

async function takeFile(context: Context, options: FeedOptions, file: string): Promise<number> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new Failure(`feed \`${file}\`: ${messageOf(error)}: give a CSV or JSON file`, { cause: error })
  }
  const outcome = await withStore(context, options, async (local) => {
    const [{ takeFeed }, { systemClock }] = await Promise.all([
      import('../../people/feed.ts'),
      import('../../clock.ts'),
    ])
    const bundle = await readBundleInForce(local)
    const { source: feed, dryRun = false, asOf, count, acceptLeavers, adopt = [] } = options
    const said = { ...(asOf === undefined ? {} : { asOf }), ...(count === undefined ? {} : { count }) }
    const given = { feed, text, said, via: 'local', dryRun, adopt } as const
    const deps = { store: local.store, clock: systemClock, bundle: () => bundle, bus: null }
    return takeFeed(deps, acceptLeavers === undefined ? given : { ...given, acceptLeavers })
  })
  if (outcome.kind === 'refused')
    throw new Failure(
      `feed \`${file}\`: refused whole, nobody was changed: mend what is named, or show it with --dry-run`,
      {
        details: outcome,
        lines: outcome.reasons.map((reason) => `- ${plain(reason)}`),
      },
    )
  await context.output.answer(outcome, () => feedText(outcome))
  return outcome.problems.length === 0 ? 0 : 1
}

const words: Readonly<Record<FeedChange['kind'], readonly [would: string, did: string]>> = {
  leave: ['would be closed', 'closed'],
  move: ['would change', 'changed'],
  adopt: ['would be taken over from by hand', 'taken over from by hand'],
  return: ['would be prepared again', 'prepared again'],
  join: ['would be prepared', 'prepared'],
}
const why: Readonly<Record<string, string>> = {
  absent: 'not in the feed any more',
  said: 'said to have left',
  'no-role': 'no role is left',
}

function feedText(outcome: FeedOutcome & { readonly kind: 'planned' | 'applied' }): string {
  const { kind, changes, problems, rows, unchanged, unmapped, asOf } = outcome
  const lines = changes.map(({ kind: step, login, roles, plants, because }) => [
    login,
    words[step][kind === 'planned' ? 0 : 1],
    because === null ? `${roles.join(',')} for ${plants.join(',') || 'no plant'}` : (why[because] ?? because),
  ])
  const wrong = problems.map(({ line, id, text }) => `- ${plain(`line ${line}, ${id}: ${text}`)}`)
  return [
    shown`${String(rows)} people as of ${showInstant(asOf)}: ${String(unchanged)} unchanged, ${String(unmapped)} without a role`,
    ...(lines.length === 0 ? ['Nothing changes.'] : [tableText(['LOGIN', 'WHAT', 'WITH'], lines, '')]),
    ...(wrong.length === 0 ? [] : [`Not taken, and left as they are (${wrong.length}):`, ...wrong]),
    ...(kind === 'applied' && changes.some(({ kind: step }) => step === 'join' || step === 'return')
      ? ['A prepared account is of no use before its person enrols: `sallyport people invite LOGIN`']
      : []),
  ].join('\n')
}

async function makeFeedSecret(context: Context, options: ConfigOptions, feed: string): Promise<void> {
  const made = await withStore(context, options, async (local) => {
    const { access } = await readBundleInForce(local)
    if (!access.peopleFeeds.some(({ id }) => id === feed))
      throw new Failure(`feed \`${feed}\`: not in the bundle in force: declare it under \`peopleFeeds\` of access.yaml`)
    const [{ enrolFeed }, { systemClock }] = await Promise.all([
      import('../../people/intake.ts'),
      import('../../clock.ts'),
    ])
    return enrolFeed({ store: local.store, vault: local.vault, clock: systemClock }, feed)
  })
  // The only place where it leaves its wrapping: it is what the command was asked for.
  const secret = made.secret.expose()
  await context.output.answer({ feed, secret, replaced: made.replaced }, () =>
    [
      shown`Feed ${feed} is signed with this secret; ${made.replaced ? 'the earlier one works no more' : 'it had none before'}:`,
      `  ${secret}`,
      'Shown this once.',
    ].join('\n'),
  )
}

async function inviteOne(context: Context, options: ConfigOptions, login: string): Promise<void> {
  const { output } = context
  const { invited, person } = await withStore(context, options, async ({ store, vault }) => {
    const found = await needPerson({ store }, login)
    const [{ invite }, { systemClock }] = await Promise.all([
      import('../../people/enrolment.ts'),
      import('../../clock.ts'),
    ])
    return { person: found, invited: await invite({ store, vault, clock: systemClock }, found) }
  })
  if (invited.kind === 'invalid') throw new Failure(`person \`${login}\`: ${invited.problem}: nothing was changed`)
  // The only place where it leaves its wrapping: it is what the command was asked for.
  const secret = invited.secret.expose()
  await output.answer({ person, secret, until: invited.until }, () =>
    [
      shown`${person.displayName} enrols as ${person.login} on the page /enrol with this one-time secret:`,
      `  ${secret}`,
      `Good once, until ${showInstant(invited.until)}. Shown this once.`,
    ].join('\n'),
  )
}

async function setRoles(context: Context, options: RoleOptions, login: string): Promise<void> {
  const changed = await withStore(context, options, async (local) => {
    const { store } = local
    const found = await needPerson({ store }, login)
    const [{ changeRoles }, { systemClock }] = await Promise.all([
      import('../../people/by-hand.ts'),
      import('../../clock.ts'),
    ])
    const to = { roles: options.role, plants: options.plant ?? found.plants }
    const bundle = await readBundleInForce(local)
    return changeRoles({ store, clock: systemClock, bundle }, found, to, null, options.reason)
  })
  if (changed.kind === 'invalid')
    throw new Failure(`person \`${login}\`: not changed: mend what is named and try again`, {
      details: { code: 'person-invalid', problems: changed.problems },
      lines: changed.problems.map((problem) => `- ${plain(problem)}`),
    })
  for (const note of changed.notes) context.output.note(`note: ${plain(note)}`)
  const { person, ended } = changed
  await context.output.answer(
    { person, grants: ended.grants },
    () => shown`${person.login} is ${person.roles.join(', ')} for ${person.plants.join(', ') || 'no plant'} now`,
  )
}

function listText(items: readonly AccountView[]): string {
  return tableText(
    ['LOGIN', 'NAME', 'STATE', 'ROLES AND THEIR SOURCE', 'PLANTS', 'FEED'],
    items.map(({ person, state, roles, plants, feed, breaches }) => [
      person.login,
      person.displayName,
      breaches.some(({ isEnforced }) => isEnforced) ? `${state}, roles withheld` : state,
      roles.map((one) => `${one.role} (${one.feed === null ? 'by hand' : `${one.feed}: ${one.mapping}`})`).join(', ') ||
        '-',
      plants.join(',') || '-',
      feed ?? '-',
    ]),
    'Nobody yet: add the first with `sallyport user add`',
  )
}

function separationText(
  rules: AccountsView['rules'],
  breaches: readonly (AccountView['breaches'][number] & { readonly person: AccountView['person'] })[],
): string {
  if (rules.length === 0) return 'The bundle has no rule of separation: see `separation` of access.yaml'
  const listed = rules.map(
    ({ id, text, roles, duties, from }) =>
      shown`${id}: ${[...roles, ...duties.map((duty) => `duty ${duty}`)].join(', ')}, from ${from}: ${text}`,
  )
  if (breaches.length === 0) return [...listed, 'Nobody breaks one.'].join('\n')
  const rows = breaches.map(({ person, rule, roles, duties, isEnforced, from, withheld }) => [
    person.login,
    rule,
    [...roles, ...duties.map((duty) => `duty ${duty}`)].join(','),
    isEnforced ? `of no use: ${[...withheld, ...duties].join(',') || '-'}` : `from ${showInstant(from)}`,
  ])
  return [...listed, '', tableText(['LOGIN', 'RULE', 'HOLDS', 'STATE'], rows, '')].join('\n')
}
