// Looking afterwards: reviews of emergency access, campaigns over standing eligibility, the register's exceptions as
// they age, and the dossier of a supplier.

import { Option, type Command } from 'commander'
import type { CampaignView, ReviewDetailView, SupplierDossierView } from '../../contract/standing-views.ts'
import { addCommand, addGroup, asDuration, asWords, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { shown } from '../plain.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { requestText } from '../request-text.ts'
import { fieldsText, tableText } from '../table.ts'

export function addReviewCommands(program: Command, invocation: Invocation): void {
  addReviews(program, invocation)
  addCampaigns(program, invocation)
  addExceptions(program, invocation)
  addSuppliers(program, invocation)
}

function addReviews(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'review', 'look afterwards at emergency access')
  addCommand<RemoteOptions & { readonly all?: true }>(group, invocation, {
    name: 'list',
    summary: 'list what has to be looked at',
    about: 'Lists reviews that are owed in your plants, newest first, with the day they are due.',
    examples: ['review list', 'review list --all'],
    options: (command) => remoteOptions(command).option('--all', 'also closed ones'),
    run: async (context, options) => {
      const query = { state: options.all === true ? 'all' : 'open' }
      const view = await withGateway(context, options, (gateway) => gateway.call('reviews', { query }))
      await context.output.answer(view, () =>
        tableText(
          ['REVIEW', 'KIND', 'STATE', 'PERSON', 'ASSET', 'DUE', 'REQUEST', 'SESSION'],
          view.items.map(({ id, kind, person, asset, dueAt, request, session, overdue, closed }) => [
            id,
            kind,
            closed === null ? (overdue ? 'overdue' : 'open') : closed.verdict,
            person.login,
            asset,
            showInstant(dueAt),
            request,
            session ?? '-',
          ]),
          'Nothing waits for a review',
        ),
      )
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'show <review>',
    summary: 'show the access it is about',
    about:
      'Shows a review with the access it is about: what was asked and granted, by whom, and the sessions on it. Replay a\n' +
      'session with `sallyport replay`.',
    examples: ['review show rev_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('review', { id }))
      await context.output.answer(view, () => reviewText(view))
    },
  })
  addCommand<RemoteOptions & { readonly verdict: 'justified' | 'not-justified'; readonly comment: string }>(
    group,
    invocation,
    {
      name: 'close <review>',
      summary: 'say what you found',
      about:
        'Closes a review, by another person than the one who used the access. Closing that of a break-glass seals the\n' +
        'asset again.',
      examples: ['review close rev_01hzy8x5r2k3m4n5p6q7r8s9t0 --verdict justified --comment "replayed, as described"'],
      options: (command) =>
        remoteOptions(command)
          .addOption(
            new Option('--verdict <verdict>', 'was the access right, and used as it was meant')
              .choices(['justified', 'not-justified'])
              .makeOptionMandatory(),
          )
          .requiredOption('--comment <text>', 'what you looked at and found; evidence'),
      run: async (context, options, [id = '']) => {
        const body = { verdict: options.verdict, comment: options.comment }
        const view = await withGateway(context, options, (gateway) => gateway.call('closeReview', { id, body }))
        await context.output.answer(view, () => shown`Closed ${view.id}: ${options.verdict}`)
      },
    },
  )
}

function reviewText({ review, request, sessions }: ReviewDetailView): string {
  const { id, kind, person, asset, assetName, openedAt, dueAt, overdue, closed, mayClose } = review
  const verdict = closed === null ? null : `${closed.verdict}, ${closed.by.displayName}: ${closed.comment}`
  return [
    fieldsText([
      ['review', id],
      ['kind', kind],
      ['state', verdict ?? (overdue ? 'overdue' : 'open')],
      ['person', `${person.displayName} (${person.login})`],
      ['asset', `${asset}, ${assetName}`],
      ['opened', showInstant(openedAt)],
      ['due', showInstant(dueAt)],
      ...(closed === null ? [['you', mayClose ? 'may close it' : 'may not close it'] as const] : []),
    ]),
    ...(request === null ? [] : [requestText(request)]),
    tableText(
      ['SESSION', 'STATE', 'STARTED', 'ENDED', 'END', 'FROM', 'IN', 'OUT'],
      sessions.map(({ id: session, state, startedAt, endedAt, endReason, source, bytesIn, bytesOut }) => [
        session,
        state,
        showInstant(startedAt),
        endedAt === null ? '-' : showInstant(endedAt),
        endReason ?? '-',
        source,
        String(bytesIn),
        String(bytesOut),
      ]),
      'No session was opened on it',
    ),
  ].join('\n\n')
}

function campaignText(view: CampaignView): string {
  const { counts } = view
  const state = view.closed ? 'closed' : view.overdue ? 'overdue' : 'running'
  return [
    fieldsText([
      ['campaign', `${view.id} ${view.title}`],
      ['state', state],
      ['due', showInstant(view.dueAt)],
      ['people', String(counts.people)],
      ['kept', String(counts.kept)],
      ['changed', String(counts.changed)],
      ['removed', String(counts.removed)],
      ['undecided', String(counts.undecided)],
    ]),
    tableText(
      ['PERSON', 'VERDICT', 'BY', 'ROLES', 'SUPPLIER', 'PLANTS', 'LEFT'],
      view.items.map(({ person, before, breaches, decision }) => [
        person.login,
        decision?.verdict ?? '-',
        decision?.by.login ?? '-',
        [before.roles.join(','), ...breaches.map(({ rule }) => `against rule ${rule}`)].join(', '),
        before.supplier ?? '-',
        before.plants.join(',') || '-',
        decision?.verdict === 'change' && decision.after !== null
          ? `${decision.after.roles.join(',')} ${decision.after.plants.join(',')}`
          : '-',
      ]),
      'Nobody in it',
    ),
  ].join('\n')
}

interface DecideOptions extends RemoteOptions {
  readonly verdict: 'keep' | 'change' | 'remove'
  readonly reason: string
  readonly role?: readonly string[]
  readonly plant?: readonly string[]
}

function addCampaigns(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'campaign', 'review everybody\u2019s standing eligibility')
  addCommand<RemoteOptions & { readonly for: number }>(group, invocation, {
    name: 'start <title>',
    summary: 'take up everybody enabled, to be decided on',
    about: 'Starts a campaign: everybody who is enabled, with roles, supplier and plants, is to be decided on.',
    examples: ['campaign start "spring 2026" --for 14d'],
    options: (command) => remoteOptions(command).requiredOption('--for <duration>', 'until it is due', asDuration),
    run: async (context, options, [title = '']) => {
      const body = { title, dueAt: Date.now() + options.for }
      const view = await withGateway(context, options, (gateway) => gateway.call('startCampaign', { body }))
      await context.output.answer(view, () => campaignText(view))
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'list',
    summary: 'list campaigns',
    about: 'Lists campaigns, newest first.',
    examples: ['campaign list'],
    options: remoteOptions,
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('campaigns'))
      await context.output.answer(view, () =>
        tableText(
          ['CAMPAIGN', 'STATE', 'STARTED', 'DUE', 'PEOPLE', 'UNDECIDED', 'TITLE'],
          view.items.map(({ id, closed, overdue, startedAt, dueAt, counts, title }) => [
            id,
            closed ? 'closed' : overdue ? 'overdue' : 'running',
            showInstant(startedAt),
            showInstant(dueAt),
            String(counts.people),
            String(counts.undecided),
            title,
          ]),
          'No campaign',
        ),
      )
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'show <campaign>',
    summary: 'show its people and what was decided',
    about: 'Shows a campaign with everybody in it.',
    examples: ['campaign show cam_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('campaign', { id }))
      await context.output.answer(view, () => campaignText(view))
    },
  })
  addCommand<DecideOptions>(group, invocation, {
    name: 'decide <campaign> <login>',
    summary: 'keep, change or remove somebody\u2019s eligibility',
    about:
      'Decides on one person, by somebody else. `remove` disables them at once and ends what is open; `change` leaves\n' +
      'the roles and plants named, and only ever takes away.',
    examples: [
      'campaign decide cam_01hzy8x5r2k3m4n5p6q7r8s9t0 engineer1 --verdict keep --reason "still our contact"',
      'campaign decide cam_01hzy8x5r2k3m4n5p6q7r8s9t0 shift-lead --verdict change --plant north --reason "left South"',
    ],
    options: (command) =>
      remoteOptions(command)
        .addOption(
          new Option('--verdict <verdict>', 'what becomes of it')
            .choices(['keep', 'change', 'remove'])
            .makeOptionMandatory(),
        )
        .requiredOption('--reason <text>', 'why, for the evidence')
        .option('--role <roles>', 'for change: roles that are left; with commas between', asWords)
        .option('--plant <ids>', 'for change: plants that are left; with commas between', asWords),
    run: async (context, options, [id = '', person = '']) => {
      const left = {
        ...(options.role === undefined ? {} : { roles: [...options.role] }),
        ...(options.plant === undefined ? {} : { plants: [...options.plant] }),
      }
      const body = { person, verdict: options.verdict, reason: options.reason, ...left }
      const view = await withGateway(context, options, (gateway) => gateway.call('decideItem', { id, body }))
      await context.output.answer(
        view,
        () => shown`Decided on ${person}: ${options.verdict}; ${view.counts.undecided} undecided`,
      )
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'close <campaign>',
    summary: 'close it when all is decided, or its day has passed',
    about: 'Closes a campaign. Those nobody decided on before its day are named in the evidence.',
    examples: ['campaign close cam_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('closeCampaign', { id }))
      await context.output.answer(view, () => campaignText(view))
    },
  })
}

function addExceptions(program: Command, invocation: Invocation): void {
  addCommand<RemoteOptions>(program, invocation, {
    name: 'exceptions',
    about:
      'Lists the exceptions of the register, the next to end first, and how what stands beside each was tested on what it covers since it began (why: --json). Past its last day an exception is not there.',
    examples: ['exceptions'],
    options: remoteOptions,
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('exceptions'))
      await context.output.answer(view, () =>
        tableText(
          ['EXCEPTION', 'STATE', 'FROM', 'UNTIL', 'RENEWALS', 'RISK', 'BESIDE IT', 'OWNER', 'TITLE'],
          view.items.map(({ id, state, from, until, renewals, risk, controls, owner, title }) => [
            id,
            state,
            from,
            until,
            String(renewals),
            risk,
            controls.map((control) => `${control.id} ${control.state}`).join(', '),
            owner,
            title,
          ]),
          'No exception',
        ),
      )
    },
  })
}

function dossierText(view: SupplierDossierView): string {
  const { supplier, expectations, people, grants, sessions, suspensions, reviews } = view
  return [
    fieldsText([
      ['supplier', `${supplier.id} ${supplier.name}`],
      ['sponsor', supplier.sponsor],
      ['contract', `${supplier.contract.from} to ${supplier.contract.until} (${supplier.contractState})`],
      ['labels', supplier.labels.join(', ')],
      ['risk tier', supplier.riskTier],
      ['state', supplier.suspended ? 'suspended' : 'not suspended'],
    ]),
    tableText(
      ['EXPECTATION', 'STATE', 'UNTIL', 'ATTESTATION', 'TEXT', 'REFERENCE'],
      expectations.map(({ id, state, text, proof }) => [
        id,
        state,
        proof === null ? '-' : showInstant(proof.until),
        proof?.attestation ?? '-',
        text,
        proof?.reference ?? '-',
      ]),
      'Nothing is expected of it',
    ),
    tableText(
      ['PERSON', 'NAME', 'STATE', 'PLANTS'],
      people.map(({ person, disabled, plants }) => [
        person.login,
        person.displayName,
        disabled ? 'disabled' : 'enabled',
        plants.join(',') || '-',
      ]),
      'No people',
    ),
    tableText(
      ['GRANT', 'STATE', 'PERSON', 'ASSET', 'UNTIL'],
      grants.map(({ id, state, person, asset, window }) => [id, state, person.login, asset, showInstant(window.until)]),
      'No open grant',
    ),
    tableText(
      ['SESSION', 'STATE', 'PERSON', 'ASSET', 'STARTED'],
      sessions.map(({ id, state, person, asset, startedAt }) => [
        id,
        state,
        person.login,
        asset,
        showInstant(startedAt),
      ]),
      'No session',
    ),
    tableText(
      ['SUSPENSION', 'SINCE', 'BY', 'LIFTED', 'REASON'],
      suspensions.map(({ id, at, by, lifted, reason }) => [
        id,
        showInstant(at),
        by.login,
        lifted === null ? '-' : showInstant(lifted.at),
        reason,
      ]),
      'Never suspended',
    ),
    tableText(
      ['REVIEW', 'KIND', 'PERSON', 'ASSET', 'VERDICT'],
      reviews.map(({ id, kind, person, asset, closed }) => [id, kind, person.login, asset, closed?.verdict ?? '-']),
      'No review',
    ),
  ].join('\n\n')
}

function addSuppliers(program: Command, invocation: Invocation): void {
  addCommand<RemoteOptions>(program, invocation, {
    name: 'suppliers [id]',
    about:
      'Lists suppliers with their contract and what is open for their people; with an id shows the dossier of that one.',
    examples: ['suppliers', 'suppliers acme-drives'],
    options: remoteOptions,
    run: async (context, options, [id]) => {
      if (id !== undefined) {
        const view = await withGateway(context, options, (gateway) => gateway.call('supplier', { id }))
        return context.output.answer(view, () => dossierText(view))
      }
      const view = await withGateway(context, options, (gateway) => gateway.call('suppliers'))
      await context.output.answer(view, () =>
        tableText(
          ['SUPPLIER', 'TIER', 'CONTRACT', 'UNTIL', 'MISSING', 'PEOPLE', 'GRANTS', 'SESSIONS', 'SUSPENDED', 'NAME'],
          view.items.map(
            ({
              id: supplier,
              riskTier,
              contractState,
              contract,
              unmet,
              people,
              openGrants,
              liveSessions,
              suspended,
              name,
            }) => [
              supplier,
              riskTier,
              contractState,
              contract.until,
              unmet.join(',') || '-',
              String(people),
              String(openGrants),
              String(liveSessions),
              suspended ? 'yes' : 'no',
              name,
            ],
          ),
          'No supplier',
        ),
      )
    },
  })
}
