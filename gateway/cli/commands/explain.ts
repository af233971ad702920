// `explain`: would this person be permitted this, then, and why? Of a bundle folder alone, or of a gateway with what
// stands there now. Opens nothing and leaves no trace.

import { join } from 'node:path'
import { Option, type Command } from 'commander'
import { needBundle } from '../bundle-folder.ts'
import {
  addCommand,
  asDuration,
  asInstant,
  asList,
  asNumber,
  asWords,
  type Context,
  type Invocation,
} from '../command.ts'
import { clockOf, parseInstant, showInZone } from '../duration.ts'
import { exitCodes, Failure, misused, type ExitCode } from '../failure.ts'
import { plain, shown } from '../plain.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import type { AccessRules, Person, Plant } from '../../../policy/index.ts'
import type { WhenBody } from '../../contract/bodies.ts'
import type { GivenPerson } from '../people-file.ts'
import { filesHelp, transferAsked } from '../transfer-asked.ts'
import { whenAsked, type WhenOptions } from '../when-asked.ts'

interface ExplainOptions extends RemoteOptions, Omit<WhenOptions, 'for'> {
  readonly person?: string
  readonly asset: string
  readonly action: string
  readonly requester?: string
  readonly class: string
  readonly ticket?: string
  /** `false` for --no-rollback. */
  readonly rollback?: string | false
  readonly files?: number
  readonly transfer?: string
  readonly path: readonly string[]
  readonly criteria?: readonly string[]
  readonly tier: string
  readonly at?: string
  readonly for: number
  readonly mfa: string
  readonly bundle?: string
  readonly remote?: true
  readonly people?: string
  readonly roles?: readonly string[]
  readonly supplier?: string
  readonly plant?: readonly string[]
}

const demoBundle = join(import.meta.dirname, '../../demo/bundle')
const actions = ['request', 'approve', 'connect'] as const
const minute = 60_000

export function addExplainCommand(program: Command, invocation: Invocation): void {
  addCommand<ExplainOptions>(program, invocation, {
    name: 'explain',
    about:
      'Says whether a person would be permitted something on an asset at a time, by which rules, what it would oblige to,\n' +
      'and what would have to change for a permit. Without a gateway: of a bundle folder (that of the demo, where none is\n' +
      'given) and a person from --people, from the demo, or as --roles, --supplier and --plant say. With --remote: of the\n' +
      'gateway, its people, and what stands there now.\n\n' +
      'For `connect` an open grant is supposed. A time without a zone is on the clock of the asset\u2019s plant.',
    examples: [
      'explain --person vendor --asset ews-1',
      'explain --person vendor --asset hmi-3 --class engineer --at 2026-03-29T02:30',
      'explain --bundle ./bundle --roles vendor --supplier acme-drives --plant north --asset ews-1 --mfa none',
      'explain --person vendor --asset plc-7 --class engineer --no-rollback --files 1 --ticket closed',
      'explain --person vendor --asset ews-1 --days mon,tue --between 09:00-18:00 --first-day 2026-11-23 --last-day 2026-12-04',
      'explain --person vendor --asset ews-1 --transfer in --path "/opt/recipes/**"',
      'explain --remote --person vendor --asset ews-1 --action connect --json',
    ],
    exits: ['0  it would be permitted', '1  it would be denied, or could not be asked', '2  the command line is wrong'],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--asset <id>', 'the asset')
        .option('--person <login>', 'who; of --people, the demo or the gateway')
        .option('--action <action>', 'request, approve or connect', 'request')
        .option('--requester <login>', 'for approve: who would have asked')
        .option('--class <class>', 'observe, operate or engineer', 'operate')
        .option('--tier <tier>', 'standard, normal, emergency or break-glass', 'normal')
        .option('--at <time>', 'when; now where not given')
        .addOption(new Option('--for <duration>', 'for how long').argParser(asDuration).default(60 * minute, '1h'))
        .addOption(
          new Option('--start <event>', 'count the time from the approval, or from the first connection').choices([
            'approval',
            'first-use',
          ]),
        )
        .option('--until <time>', 'beside --start: by when it is over, used or not', asInstant)
        .option('--days <days>', 'again on these days of the week, as mon,tue', asWords)
        .option('--between <times>', 'beside --days: on the plant\u2019s clock, as 09:00-18:00')
        .option('--first-day <day>', 'beside --days: the first day, as 2026-03-02')
        .option('--last-day <day>', 'beside --days: the last day, inclusive')
        .option('--ticket <state>', `what the change system says of the ticket: ${ticketWords.join(', ')}`)
        .option('--rollback <text>', 'how the change is undone; one is supposed where it is left out')
        .option('--no-rollback', 'without a rollback plan')
        .option('--files <count>', 'how many files are declared to be brought', asNumber(0, 50, true))
        .option('--transfer <way>', filesHelp)
        .option('--path <pattern>', 'beside --transfer: where on the target; again for more', asList, [])
        .option('--criteria <ids>', 'criteria of the tier that are affirmed, with commas between, or none', asWords)
        .option('--mfa <kind>', 'second factor of the login: totp or none', 'totp')
        .option('--bundle <dir>', 'a bundle folder')
        .option('--people <file>', 'YAML file of people: login, roles, supplier, plants')
        .option('--roles <roles>', 'a person with these roles, with commas between', asWords)
        .option('--supplier <id>', 'and of this supplier')
        .option('--plant <ids>', 'and of these plants, with commas between', asWords)
        .option('--remote', 'ask the gateway'),
    run: (context, options) =>
      options.remote === true ? explainThere(context, options) : explainHere(context, options),
  })
}

async function explainHere(context: Context, options: ExplainOptions): Promise<ExitCode> {
  const [
    { bundle },
    { operationClasses, parseAssetId, plantOf, quietWorld, tiers },
    { explainQuestion },
    { supposeAttested },
  ] = await Promise.all([
    needBundle(options.bundle ?? demoBundle),
    import('../../../policy/index.ts'),
    import('../../access/explain.ts'),
    import('../../access/attested-then.ts'),
  ])
  const name = parseAssetId(options.asset)
  const asset = name.kind === 'ok' ? bundle.assets.get(name.id) : undefined
  if (!asset) throw new Failure(`asset \`${options.asset}\`: the bundle declares none of that name`)
  const { timeZone } = plantOf(asset, bundle)
  const { at, moved } = await instantOf(options.at, timeZone)
  const question = {
    person: await needPerson(options, options.person),
    requester: options.requester === undefined ? null : await needPerson(options, options.requester),
    asset,
    action: oneOf('--action', options.action, actions),
    operationClass: oneOf('--class', options.class, operationClasses),
    tier: oneOf('--tier', options.tier, tiers),
    at,
    minutes: options.for / minute,
    mfa: oneOf('--mfa', options.mfa, ['totp', 'none'] as const) === 'totp',
    ...given(options),
    when: await spanOf(options, plantOf(asset, bundle), bundle.access, at),
  }
  if (question.action === 'approve' && question.requester === null)
    throw misused('--requester: expected who would have asked, for --action approve')
  const { person, requester } = question
  const world = { ...quietWorld, ...supposeAttested(requester === null ? [person] : [person, requester], bundle) }
  const { decision, lines, supposed } = explainQuestion(question, bundle, world)
  // Who has shown what is kept by a gateway, and none is asked here.
  const attested =
    bundle.access.trainings.length + bundle.expectations.length > 0
      ? ['all trainings and everything expected of suppliers is attested']
      : []
  const { onDutyLines } = await import('../on-duty-text.ts')
  await show(context, {
    head: shown`${question.person.displayName}, ${question.action} ${question.operationClass} on ${asset.id} (${asset.name}) at ${showInZone(question.at, timeZone)}`,
    decision,
    lines: [...lines, ...onDutyLines(decision.obligations, asset, bundle, at)],
    supposed: [...moved, ...supposed, ...attested],
  })
  return decision.answer === 'permit' ? exitCodes.ok : exitCodes.failed
}

async function explainThere(context: Context, options: ExplainOptions): Promise<ExitCode> {
  const { operationClasses, tiers } = await import('../../../policy/index.ts')
  const action = oneOf('--action', options.action, actions)
  const operationClass = oneOf('--class', options.class, operationClasses)
  const tier = oneOf('--tier', options.tier, tiers)
  const mfa = oneOf('--mfa', options.mfa, ['totp', 'none'] as const) === 'totp'
  const view = await withGateway(context, options, async (gateway) => {
    const assets = await gateway.list('assets', {}, 10_000)
    const known = assets.find(({ id }) => id === options.asset)
    const { at, moved } = await instantOf(options.at, known?.timeZone ?? 'UTC')
    const when = whenOf(options, at)
    const answer = await gateway.call('explain', {
      body: {
        asset: options.asset,
        action,
        operationClass,
        tier,
        at,
        minutes: options.for / minute,
        mfa,
        ...given(options),
        ...(when === null ? {} : { when }),
        ...(options.person === undefined ? {} : { person: options.person }),
        ...(options.requester === undefined ? {} : { requester: options.requester }),
      },
    })
    return { ...answer, supposed: [...moved, ...answer.supposed] }
  })
  await show(context, {
    head: shown`${options.person ?? 'you'}, ${action} ${operationClass} on ${options.asset}`,
    ...view,
  })
  return view.decision.answer === 'permit' ? exitCodes.ok : exitCodes.failed
}

const ticketWords = ['none', 'unchecked', 'open', 'closed', 'unknown', 'unreachable'] as const

/** What is said of the request; what is left out is supposed. */
function given({ ticket, rollback, files, criteria, transfer: way, path }: ExplainOptions) {
  if (way === undefined && path.length > 0)
    throw misused('--path: only beside --transfer, which says what is to be done there')
  const transfer = transferAsked({ ...(way !== undefined && { files: way }), path }, [])
  return {
    ...(transfer && { transfer }),
    ...(ticket === undefined ? {} : { ticket: oneOf('--ticket', ticket, ticketWords) }),
    ...(rollback === undefined ? {} : { rollback: rollback === false ? '' : rollback }),
    ...(files === undefined ? {} : { files }),
    ...(criteria === undefined ? {} : { criteria: criteria.filter((id) => id !== 'none') }),
  }
}

/** A schedule from the options; null for so long from a time. */
function whenOf(options: ExplainOptions, at: number): WhenBody | null {
  const { start, until, days, between, firstDay, lastDay } = options
  const recurring = [days, between, firstDay, lastDay].some((option) => option !== undefined)
  if (!recurring && start === undefined) {
    if (until !== undefined) throw misused('--until: only beside --start: a window ends --for after its beginning')
    return null
  }
  const { for: length, ...others } = options
  // What comes round says its times by itself; --for has a default here.
  return whenAsked(recurring ? others : { ...others, for: length }, at)
}

async function spanOf(options: ExplainOptions, plant: Plant, rules: AccessRules, at: number) {
  const when = whenOf(options, at)
  if (when === null) return undefined
  const { readWhen } = await import('../../access/when.ts')
  const read = readWhen(when, plant, rules, at)
  if (read.kind === 'malformed') throw misused(read.text)
  return { window: read.window, schedule: read.schedule }
}

interface Answer {
  readonly head: string
  readonly decision: object
  readonly lines: readonly string[]
  readonly supposed: readonly string[]
}

function show({ output }: Context, { head, decision, lines, supposed }: Answer): Promise<void> {
  return output.answer({ ...decision, supposed }, () =>
    [
      head,
      ...lines.map(plain),
      ...(supposed.length === 0 ? [] : [`Supposed: ${supposed.map(plain).join('; ')}.`]),
    ].join('\n'),
  )
}

async function needPerson(options: ExplainOptions, login: string | undefined): Promise<Person> {
  const { personOf, readPeople } = await import('../people-file.ts')
  if (options.roles !== undefined && login === options.person)
    return personOf({
      login: login ?? 'somebody',
      displayName: login ?? options.roles.join(' and '),
      roles: options.roles,
      supplier: options.supplier ?? null,
      plants: options.plant ?? [],
    })
  if (login === undefined) throw misused('who: give --person, or --roles with --plant and perhaps --supplier')
  const people = options.people === undefined ? await demoPeople(options) : await readPeople(options.people)
  const found = people.find((person) => person.login === login)
  if (!found)
    throw misused(
      `person \`${login}\`: expected one of ${people.map((person) => person.login).join(', ') || 'a people file'}`,
    )
  return personOf(found)
}

/** The demo's own people; of another bundle nobody is known. */
async function demoPeople({ bundle }: ExplainOptions): Promise<readonly GivenPerson[]> {
  if (bundle !== undefined) throw misused('who: give --people FILE, or --roles with --plant and perhaps --supplier')
  const { cast } = await import('../../demo/cast.ts')
  return cast
}

interface AskedTime {
  readonly at: number
  /** What was supposed of a time that the plant's clock leaves out, or shows twice. */
  readonly moved: readonly string[]
}

/** A time with its zone, or on the clock of the plant. */
async function instantOf(text: string | undefined, timeZone: string): Promise<AskedTime> {
  if (text === undefined) return { at: Date.now(), moved: [] }
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/.test(text)) {
    const { localInstant } = await import('../../../policy/index.ts')
    const at = localInstant(text, timeZone)
    if (at === null) throw misused(`--at \`${text}\`: expected a day and time there are`)
    return { at, moved: movedBySummerTime(text, at, timeZone) }
  }
  const parsed = parseInstant(text, Date.now())
  if (parsed.kind === 'malformed') throw misused(`--at \`${text}\`: ${parsed.reason}`)
  return { at: parsed.value, moved: [] }
}

/** Two nights a year a time on the clock is no instant, or two of them: which one was taken has to be said. */
function movedBySummerTime(text: string, at: number, timeZone: string): string[] {
  const asked = text.slice(11, 16)
  const taken = clockOf(at, timeZone)
  if (taken !== asked) return [`${taken}, because the clock in ${timeZone} leaves out ${asked} on that day`]
  // Summer time moves clocks by an hour nearly everywhere; Lord Howe Island's half hour is the other case there is.
  const isTwice = [30, 60].some((minutes) => clockOf(at + minutes * minute, timeZone) === asked)
  return isTwice ? [`the first ${asked} of that day, because the clock in ${timeZone} shows it twice`] : []
}

function oneOf<T extends string>(option: string, text: string, words: readonly T[]): T {
  const found = words.find((word) => word === text)
  if (found === undefined) throw misused(`${option} \`${plain(text)}\`: expected ${words.join(', ')}`)
  return found
}
