// The scope: how it works out asset by asset, and changes of it that wait for a review.

import type { Command } from 'commander'
import { needBundle } from '../bundle-folder.ts'
import { addCommand, addGroup, asNumber, type Context, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { plain, shown } from '../plain.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { fieldsText, tableText } from '../table.ts'
import type { ScopeReportView } from '../../contract/bundle-views.ts'
import type { InformationView, InterfaceView, ScopeFitView } from '../../contract/views.ts'
import { informationLines, interfaceLines } from '../crossing-text.ts'

type Report = Omit<ScopeReportView, 'next'> & {
  readonly interfaces: readonly InterfaceView[]
  readonly information: readonly InformationView[]
}
type Review = RemoteOptions & { readonly comment: string }

export function addScopeCommands(program: Command, invocation: Invocation): void {
  const scope = addGroup(program, 'scope', 'show how the scope works out')
  addCommand<RemoteOptions & { readonly bundle?: string; readonly limit: number }>(scope, invocation, {
    name: 'report',
    summary: 'list which asset is in, out or undetermined, and by which rule',
    about:
      'Shows the scope as it works out: statement, what it does not cover, each asset with the rule that puts it in or\n' +
      'out, phases with their plan, shared services, interfaces, and the information assets hold. Of the gateway, or with --bundle of a folder.',
    examples: ['scope report', 'scope report --bundle ./bundle --json'],
    options: (command) =>
      remoteOptions(command)
        .option('--bundle <dir>', 'a bundle folder, without a gateway')
        .option('--limit <n>', 'how many assets at most', asNumber(1, 1_000_000, true), 10_000),
    run: report,
  })
  addCommand<RemoteOptions>(scope, invocation, {
    name: 'fit',
    summary: 'say what came, went and was left undecided since somebody last looked',
    about:
      'Shows how the scope fits the plant: assets, suppliers and conduits that came or went since the last review, what\n' +
      'nobody has decided on, what no walkdown confirms, what is overdue, and names that were asked for and stand for\n' +
      'nothing declared. A review is due each quarter.',
    examples: ['scope fit', 'scope fit --json'],
    options: remoteOptions,
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('scopeFit'))
      await context.output.answer(view, () => fitText(view))
    },
  })
  addCommand<RemoteOptions & { readonly decisions: string; readonly bundle?: string }>(scope, invocation, {
    name: 'review',
    summary: 'keep that the scope-fit report was gone through, and what follows',
    about:
      'As an isms-manager: keeps as evidence that the report was gone through, how much it had, and what was decided.\n' +
      'The next one is due in a quarter, and is held against what is declared now.',
    examples: ['scope review --decisions "laser-7 goes into phase 2; supplier nordfluid is kept out"'],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--decisions <text>', 'what follows from the report; evidence')
        .option('--bundle <digest>', 'the bundle the report you read is about; that in force where left out'),
    run: async (context, options) => {
      const view = await withGateway(context, options, async (gateway) => {
        const bundle = options.bundle ?? (await gateway.call('scopeFit')).bundle
        return gateway.call('reviewScopeFit', { body: { bundle, decisions: options.decisions } })
      })
      await context.output.answer(view, () => shown`Reviewed; the next review is due ${dueText(view)}`)
    },
  })
  const changes = addGroup(program, 'scope-change', 'review assets that a bundle moved in or out of scope')
  addCommand<RemoteOptions & { readonly all?: true; readonly limit: number }>(changes, invocation, {
    name: 'list',
    summary: 'list scope changes',
    about:
      'Lists assets that one of their attributes moved in or out of scope. Until a change is accepted, the stricter of\n' +
      'before and after holds.',
    examples: ['scope-change list', 'scope-change list --all'],
    options: (command) => limitOption(remoteOptions(command)).option('--all', 'also those that were decided'),
    run: async (context, options) => {
      const query: Record<string, string> = options.all === true ? {} : { state: 'open' }
      const items = await withGateway(context, options, (gateway) => gateway.list('scopeChanges', query, options.limit))
      await context.output.answer({ items }, () =>
        tableText(
          ['CHANGE', 'STATE', 'ASSET', 'WAS', 'BECOMES', 'HOLDS', 'BY', 'SINCE', 'ACTIVATED BY'],
          items.map((one) => [
            one.id,
            one.state,
            one.asset,
            one.was,
            one.becomes,
            one.state === 'accepted' || one.state === 'lapsed' ? '-' : one.held,
            one.attributes.join(','),
            showInstant(one.raisedAt),
            one.activator?.login ?? 'folder',
          ]),
          'No scope change',
        ),
      )
    },
  })
  for (const [name, verdict, what] of [
    ['accept', 'accepted', 'lets what the bundle says of the asset hold'],
    ['reject', 'rejected', 'keeps the stricter outcome, until a bundle takes the change back or somebody accepts it'],
  ] as const) {
    addCommand<Review>(changes, invocation, {
      name: `${name} <change>`,
      summary: `${name} a scope change`,
      about: `As a review by somebody who neither proposed nor activated the bundle: ${what}. It is evidence.`,
      examples: [`scope-change ${name} scc_01hzy8x5r2k3m4n5p6q7r8s9t0 --comment "seen on site, risk R-01 unchanged"`],
      options: (command) =>
        remoteOptions(command).requiredOption('--comment <text>', 'impact and risk as judged; evidence'),
      run: async (context, options, [id = '']) => {
        const body = { verdict, comment: options.comment }
        const view = await withGateway(context, options, (gateway) => gateway.call('reviewScopeChange', { id, body }))
        await context.output.answer(view, () => shown`${view.asset}: scope change ${view.id} ${view.state}`)
      },
    })
  }
}

const dueText = ({ dueAt }: ScopeFitView): string => (dueAt === null ? 'now, for the first time' : showInstant(dueAt))

function fitText(view: ScopeFitView): string {
  const { last, isDue, scopeVersion, findings } = view
  return [
    fieldsText([
      ['scope', `version ${scopeVersion}, bundle ${view.bundle}`],
      [
        'last',
        last === null ? 'nobody has looked yet' : `${showInstant(last.at)}, ${last.by.displayName}: ${last.decisions}`,
      ],
      ['due', isDue && view.dueAt !== null ? `since ${dueText(view)}` : dueText(view)],
    ]),
    ...findings.flatMap(({ title, count, items }) => [
      shown`${title}: ${count}`,
      ...items.map(({ id, text }) => shown`- ${id}: ${text}`),
      ...(items.length < count ? [`  and ${count - items.length} more`] : []),
    ]),
  ].join('\n')
}

async function report(
  context: Context,
  options: RemoteOptions & { readonly bundle?: string; readonly limit: number },
): Promise<void> {
  const found =
    options.bundle === undefined ? await ofGateway(context, options) : await ofFolder(options.bundle, options.limit)
  await context.output.answer(found, () => reportText(found))
}

/** `line-1, export-controlled (of nc-programs)`: where each comes from that is not the asset's own. */
function labelsText(labels: readonly string[], inherited: Report['items'][number]['inherited']): string {
  const from = new Map(inherited.map((one) => [one.label, one.from]))
  const said = labels.map((label) =>
    [label, ...(from.has(label) ? [`(of ${from.get(label)?.join(', ')})`] : [])].join(' '),
  )
  return said.join(', ') || '-'
}

/** A bundle cannot declare more. */
const mostListed = 100_000

async function ofGateway(context: Context, options: RemoteOptions & { readonly limit: number }): Promise<Report> {
  return withGateway(context, options, async (gateway) => {
    const { next: first, ...whole } = await gateway.call('scopeReport', { query: { limit: '200' } })
    const items = [...whole.items]
    for (let cursor = first; cursor !== null && items.length < options.limit;) {
      const page: ScopeReportView = await gateway.call('scopeReport', { query: { limit: '200', cursor } })
      items.push(...page.items)
      cursor = page.items.length === 0 ? null : page.next
    }
    const [interfaces, information] = [
      await gateway.list('interfaces', {}, mostListed),
      await gateway.list('information', {}, mostListed),
    ]
    return { ...whole, items: items.slice(0, options.limit), interfaces, information }
  })
}

async function ofFolder(dir: string, limit: number): Promise<Report> {
  const [{ bundle }, { scopeReportView }, { informationViews, interfaceViews }] = await Promise.all([
    needBundle(dir),
    import('../../api/scope-view.ts'),
    import('../../api/interface-view.ts'),
  ])
  const now = Date.now()
  return {
    ...scopeReportView(bundle, { first: 0, limit }, new Map(), now, null),
    interfaces: interfaceViews(bundle, now, null),
    information: informationViews(bundle, null),
  }
}

function reportText({
  version,
  statement,
  regimes,
  counts,
  notCovered,
  phases,
  sharedServices,
  interfaces,
  information,
  items,
  bundle,
}: Report): string {
  return [
    fieldsText([
      ['scope', `version ${version}: ${statement.trim()}`],
      ['bundle', bundle],
      ['regimes', regimes.join(', ') || 'none named'],
      ['assets', `${counts.in} in scope, ${counts.out} out, ${counts.undetermined} undetermined (denied)`],
    ]),
    notCovered.length === 0 ? 'not covered: nothing was excluded' : 'not covered:',
    ...notCovered.map((text) => `- ${plain(text)}`),
    'phases:',
    ...phases.map(({ phase, types, plannedFor, opened, criteria, state }) => {
      const met = criteria.filter(({ metOn }) => metOn !== null).length
      const when =
        opened === null
          ? `planned for ${plannedFor}`
          : `opened on ${opened.on} by ${opened.by}, planned for ${plannedFor}`
      return shown`- ${phase} ${state}: ${when}; ${met} of ${criteria.length} criteria met; ${types.join(', ')}`
    }),
    ...(sharedServices.length === 0 ? [] : ['shared services:']),
    ...sharedServices.map(
      ({ id, name, provider, plants, inScope, risk }) =>
        shown`- ${id} (${name}) of ${provider} for ${plants.join(', ')}: ${inScope ? 'in scope' : `not in scope, risk ${risk ?? 'not named'}`}`,
    ),
    ...interfaceLines(interfaces),
    ...informationLines(information),
    tableText(
      ['ASSET', 'PLANT', 'ZONE', 'TYPE', 'SCOPE', 'RULE', 'GATE', 'LABELS'],
      items.map(({ asset, plant, zone, type, scope, rule, gate, held, labels, inherited }) => [
        asset,
        plant,
        zone,
        type,
        held === null ? scope : `${held} (held; ${scope} after review)`,
        rule ?? '-',
        gate,
        labelsText(labels, inherited),
      ]),
      'No asset',
    ),
    ...(items.length < counts.in + counts.out + counts.undetermined
      ? [`the first ${items.length} assets: see --limit`]
      : []),
  ].join('\n')
}
