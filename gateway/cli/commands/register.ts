// The register's reports: how well what is in scope is covered, and which clauses the controls support evidence for.

import type { Command } from 'commander'
import { addCommand, addGroup, asNumber, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { misused } from '../failure.ts'
import { plain, shown } from '../plain.ts'
import { plantOption, plantQuery, remoteOptions, withGateway, type PlantOption, type RemoteOptions } from '../remote.ts'
import { fieldsText, tableText } from '../table.ts'
import type { ApplicabilityView, CoverageView, RegisterView } from '../../contract/views.ts'

type CoverageOptions = RemoteOptions & PlantOption & { readonly limit: number; readonly record?: true }

export function addRegisterCommands(program: Command, invocation: Invocation): void {
  const register = addGroup(program, 'register', 'show how the control register stands')
  addCommand<RemoteOptions & PlantOption>(register, invocation, {
    name: 'controls',
    summary: 'list the controls, with how the evidence of each stands',
    about:
      'Lists the controls that the bundle uses, how the ledger supports each, and who answers for it. A plant has a\n' +
      'register of its own: of the entries that concern it, and of those that concern no plant.',
    examples: ['register controls', 'register controls --plant north', 'register controls --json'],
    options: (command) => plantOption(remoteOptions(command)),
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) =>
        gateway.call('register', { query: plantQuery(options) }),
      )
      await context.output.answer(view, () => controlsText(view))
    },
  })
  addCommand<CoverageOptions>(register, invocation, {
    name: 'coverage',
    summary: 'list what is in scope, with owner, controls and the freshest evidence of each',
    about:
      'Lists each asset in scope, and each conduit that leads to one, with who answers for it, how many controls apply\n' +
      'and are fresh, and the last time one was put to the test on this very thing. What is not covered comes first.\n' +
      'With --record the report is kept in the ledger, with a digest over all of it.',
    examples: ['register coverage', 'register coverage --record', 'register coverage --json'],
    options: (command) =>
      plantOption(remoteOptions(command))
        .option('--limit <n>', 'how many rows at most', asNumber(1, 1_000_000, true), 200)
        .option('--record', 'keep it in the ledger, as evidence'),
    run: async (context, options) => {
      const of = plantQuery(options)
      if (options.record === true && options.plant !== undefined)
        throw misused('--record keeps the coverage of every plant: leave out --plant')
      const found = await withGateway(context, options, async (gateway) => {
        const snapshot = options.record === true ? await gateway.call('recordCoverage') : null
        const { next: first, ...whole } = await gateway.call('coverage', { query: { limit: '200', ...of } })
        const items = [...whole.items]
        for (let cursor = first; cursor !== null && items.length < options.limit;) {
          const page: CoverageView = await gateway.call('coverage', { query: { limit: '200', cursor, ...of } })
          items.push(...page.items)
          cursor = page.items.length === 0 ? null : page.next
        }
        return { ...whole, items: items.slice(0, options.limit), snapshot }
      })
      await context.output.answer(found, () => coverageText(found))
    },
  })
  addCommand<RemoteOptions & PlantOption>(register, invocation, {
    name: 'applicability',
    summary: 'list the clauses of the scope\u2019s regimes that controls support evidence for',
    about:
      'The statement of applicability as the regimes of the scope give it: for each clause, which controls of the gateway\n' +
      'support evidence for it, who answers for them and how they stand. It says nothing about whether a clause is met.',
    examples: ['register applicability', 'register applicability --json'],
    options: (command) => plantOption(remoteOptions(command)),
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) =>
        gateway.call('applicability', { query: plantQuery(options) }),
      )
      await context.output.answer(view, () => applicabilityText(view))
    },
  })
}

function controlsText({ controls, plants, scopeVersion, computedAt, ledgerSize }: RegisterView): string {
  return [
    fieldsText([
      ['scope', `version ${scopeVersion}`],
      ['plants', plants === null ? 'all' : plants.join(', ')],
      ['computed', `${showInstant(computedAt)}, of ${ledgerSize} entries`],
    ]),
    tableText(
      ['STATE', 'CONTROL', 'POPULATION', 'LAST EVIDENCE', 'OWNER', 'WHY'],
      controls.map(({ state, id, population, lastAt, owner, reason }) => [
        state,
        id,
        String(population),
        lastAt === null ? '-' : showInstant(lastAt),
        owner,
        reason,
      ]),
      'The bundle uses no control',
    ),
  ].join('\n')
}

type Coverage = Omit<CoverageView, 'next'> & {
  readonly snapshot: { readonly index: number; readonly digest: string } | null
}

function coverageText({ counts, items, scopeVersion, bundle, computedAt, snapshot }: Coverage): string {
  const all = counts.uncovered + counts.untested + counts.covered
  return [
    fieldsText([
      ['scope', `version ${scopeVersion}, bundle ${bundle}`],
      ['coverage', `${counts.uncovered} uncovered, ${counts.untested} untested, ${counts.covered} covered, of ${all}`],
      ['computed', showInstant(computedAt)],
      ...(snapshot === null ? [] : [['kept', `ledger entry ${snapshot.index}, digest ${snapshot.digest}`] as const]),
    ]),
    tableText(
      ['STATE', 'KIND', 'ID', 'PLANT', 'OWNER', 'FRESH', 'LAST TESTED', 'WHY'],
      items.map(({ state, kind, id, plant, owner, controls, freshest, why }) => [
        state,
        kind,
        id,
        plant,
        owner ?? '-',
        `${controls.filter((one) => one.state === 'fresh').length}/${controls.length}`,
        freshest === null ? '-' : `${showInstant(freshest.at)} ${freshest.control} #${freshest.index}`,
        why,
      ]),
      'Nothing is in scope',
    ),
    ...(items.length < all ? [`the first ${items.length} of ${all}: see --limit`] : []),
  ].join('\n')
}

function applicabilityText({ scopeVersion, statement, standards, unused }: ApplicabilityView): string {
  return [
    fieldsText([['scope', `version ${scopeVersion}: ${statement.trim()}`]]),
    'the controls below support evidence for these clauses; whether a clause is met is an auditor\u2019s judgement',
    ...standards.flatMap(({ regime, standard, clauses }) => [
      standard === null
        ? shown`${regime}: the catalogue maps no control to it`
        : shown`${regime} (${standard}): ${clauses.length} clauses`,
      ...clauses.flatMap(({ clause, controls }) =>
        controls.map(
          ({ id, owner, state, coverage }) =>
            shown`- ${clause}: ${id}${coverage === 'partial' ? ' in part' : ''}, ${owner === null ? 'not used by the plant' : `${state ?? 'no state'}, owner ${owner}`}`,
        ),
      ),
    ]),
    ...(unused.length === 0 ? [] : [plain(`left out of the register: ${unused.join(', ')}`)]),
  ].join('\n')
}
