// The life of bundles over HTTP. The rules are access/proposals.ts's; here is who may read and who may act, and that a
// body of megabytes is read only of somebody who may send one.

import { Readable } from 'node:stream'
import type { FastifyRequest, RouteShorthandOptions } from 'fastify'
import { Type } from 'typebox'
import { parseProposalId, type ProposalId, type Role } from '../../../policy/index.ts'
import { dossierOf, keepDryRun } from '../../access/dossier.ts'
import { keepTrial } from '../../access/trials.ts'
import { dryRun } from '../../access/dry-run.ts'
import type { Held } from '../../access/bundle-shelf.ts'
import {
  ActivateBody,
  BaseBody,
  bundleBodyLimit,
  DryRunBody,
  FilesBody,
  ProposeBody,
  RollbackBody,
  SafetyReviewBody,
  TrialBody,
} from '../../contract/bundle-bodies.ts'
import {
  ActivationView,
  BundleFilesView,
  BundleView,
  ComparisonView,
  ProposalRow,
  ProposalView,
  type DryRunLine,
} from '../../contract/bundle-views.ts'
import { DossierView } from '../../contract/release-views.ts'
import { ReasonBody } from '../../contract/bodies.ts'
import { routes } from '../../contract/routes.ts'
import { ListOf } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import { proposalStates } from '../../store/proposals.ts'
import { bundleHands, comparisonView, dryRunView, openBundleViewer, paragraphViews } from '../bundle-view.ts'
import { dossierView, releaseReaders, safetyView } from '../release-view.ts'
import { needHouseRole, needRole, type Logins } from '../logins.ts'
import { IdParams, needId, nextOf, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { refuseAnythingSuspended } from '../suspended.ts'

const readers = ['auditor', ...bundleHands] as const
/** A safety engineer reads what is proposed, to review it. */
const proposalReaders = [...releaseReaders, ...bundleHands] as const

export function bundleRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, bundle, bundleLife, shelf, clock, log } = services
  const viewer = openBundleViewer(services)
  /** A dry run reads the ledger for minutes: one at a time. */
  let running = false

  /** Asks for the role before the body is read. */
  const large = (...roles: readonly Role[]): Pick<RouteShorthandOptions, 'bodyLimit'> & { preParsing: PreParsing } => ({
    bodyLimit: bundleBodyLimit,
    async preParsing(request, _reply, body) {
      needRole(await logins.actor(request), ...roles)
      return body
    },
  })

  async function readDossier(id: ProposalId): Promise<DossierView> {
    const stored = await store.proposals.byId(id)
    if (!stored) throw new GatewayError('not-found', `no proposal \`${id}\``)
    return dossierView(store, bundle(), await dossierOf(store, stored))
  }

  async function proposalView(request: FastifyRequest, id: ProposalId): Promise<ProposalView> {
    const actor = await logins.actor(request)
    const stored = await store.proposals.byId(id)
    if (!stored) throw new GatewayError('not-found', `no proposal \`${id}\``)
    const [proposal] = await viewer.proposals(actor, [stored])
    if (!proposal) throw new GatewayError('not-found')
    const { comparison, since, safety } = await bundleLife.review(stored)
    return {
      proposal,
      comparison: comparison === null ? null : comparisonView(comparison, bundle()),
      since: paragraphViews(since),
      safety: safety === null ? null : await safetyView(store, bundle(), actor, stored, safety),
    }
  }

  app.route({
    ...routes.bundle,
    url: routes.bundle.path,
    schema: { response: { 200: BundleView, ...problemAnswers } },
    handler: async (request) => {
      needRole(await logins.actor(request), ...proposalReaders)
      return viewer.inForce()
    },
  })
  app.route({
    ...routes.bundleHistory,
    url: routes.bundleHistory.path,
    schema: { querystring: Type.Object(PageQuery), response: { 200: ListOf(ActivationView), ...problemAnswers } },
    handler: async (request) => {
      needRole(await logins.actor(request), ...proposalReaders)
      const page = pageOf(request.query)
      if (page.before !== null && !/^[0-9]{1,15}$/.test(page.before))
        throw new GatewayError('malformed-query', 'cursor: expected the `next` of the page before')
      const rows = await store.bundles.history(page)
      return { items: await viewer.activations(rows), next: nextOf(rows, page.limit, rows.at(-1)?.seq.toString()) }
    },
  })
  app.route({
    ...routes.bundleFiles,
    url: routes.bundleFiles.path,
    schema: { params: IdParams, response: { 200: BundleFilesView, ...problemAnswers } },
    handler: async (request) => {
      needRole(await logins.actor(request), ...proposalReaders)
      const { id } = request.params
      const asked = parseProposalId(id)
      const proposal = asked.kind === 'ok' ? await store.proposals.byId(asked.id) : null
      const files = proposal ? await store.proposals.files(proposal.id) : (await store.bundles.byDigest(id))?.files
      if (!files) throw new GatewayError('not-found', `no bundle and no proposal \`${id}\``)
      return { digest: proposal?.digest ?? id, files: Object.fromEntries(files) }
    },
  })
  app.route({
    ...routes.bundleDiff,
    url: routes.bundleDiff.path,
    ...large(...readers),
    schema: { body: FilesBody, response: { 200: ComparisonView, ...problemAnswers } },
    handler: async (request) => comparisonView(await bundleLife.compare(filesOf(request.body)), bundle()),
  })
  app.route({
    ...routes.bundleDryRun,
    url: routes.bundleDryRun.path,
    ...large(...readers),
    schema: { body: DryRunBody },
    handler: async (request, reply) => {
      if (running) throw new GatewayError('too-many-requests', 'a dry run is under way: wait until it has ended')
      const { files, proposal, days } = request.body
      if ((files === undefined) === (proposal === undefined))
        throw new GatewayError('malformed-body', 'expected either `files` or `proposal`')
      const asked = proposal === undefined ? null : needId(parseProposalId(proposal))
      const actor = await logins.actor(request)
      // What a proposal was found to do is part of its dossier, and so no mere look at it.
      if (asked !== null) await refuseAnythingSuspended(services, request, actor)
      running = true
      const taking = files === undefined ? takeProposal(proposal ?? '') : takeFiles(new Map(Object.entries(files)))
      const held = await taking.catch((error: unknown) => {
        running = false
        throw error
      })
      async function* lines(): AsyncGenerator<string> {
        const line = (value: DryRunLine): string => `${JSON.stringify(value)}\n`
        try {
          for await (const step of dryRun({ store, shelf, clock }, held.bundle, days)) {
            if (step.kind === 'report' && asked !== null) {
              await refuseAnythingSuspended(services, request, actor)
              await keepDryRun({ store, clock }, asked, actor.person.id, days, step.report)
            }
            yield line(step.kind === 'progress' ? step : { kind: 'report', report: dryRunView(step.report) })
          }
        } catch (err) {
          const isRefused = err instanceof GatewayError
          if (!isRefused) log.error({ err }, 'Dry run broke off')
          yield line({
            kind: 'failed',
            message: isRefused ? err.message : 'the dry run broke off; the log has the details',
          })
        }
      }
      const stream = Readable.from(lines())
      stream.once('close', () => {
        running = false
        held.giveBack()
      })
      return reply.type('application/x-ndjson').header('cache-control', 'no-store').send(stream)
    },
  })
  app.route({
    ...routes.rollback,
    url: routes.rollback.path,
    schema: { body: RollbackBody, response: { 200: BundleView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needHouseRole(actor, ...bundleHands)
      await bundleLife.rollback(actor, request.body.base, request.body.reason)
      return viewer.inForce()
    },
  })
  app.route({
    ...routes.propose,
    url: routes.propose.path,
    ...large(...bundleHands),
    schema: { body: ProposeBody, response: { 201: ProposalView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      const id = await bundleLife.propose(actor, filesOf(request.body), request.body.comment, {
        change: request.body.change ?? null,
        rollback: request.body.rollback ?? null,
      })
      return reply.code(201).send(await proposalView(request, id))
    },
  })
  app.route({
    ...routes.proposals,
    url: routes.proposals.path,
    schema: {
      querystring: Type.Object({
        state: Type.Optional(Type.Union(proposalStates.map((state) => Type.Literal(state)))),
        ...PageQuery,
      }),
      response: { 200: ListOf(ProposalRow), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...proposalReaders)
      const page = pageOf(request.query)
      const rows = await store.proposals.list({ state: request.query.state ?? null }, page)
      return { items: await viewer.proposals(actor, rows), next: nextOf(rows, page.limit, rows.at(-1)?.id) }
    },
  })
  app.route({
    ...routes.proposal,
    url: routes.proposal.path,
    schema: { params: IdParams, response: { 200: ProposalView, ...problemAnswers } },
    handler: async (request) => {
      needRole(await logins.actor(request), ...proposalReaders)
      return proposalView(request, needId(parseProposalId(request.params.id)))
    },
  })
  app.route({
    ...routes.activate,
    url: routes.activate.path,
    schema: { params: IdParams, body: ActivateBody, response: { 200: BundleView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needHouseRole(actor, ...bundleHands)
      const { base, decision } = request.body
      await bundleLife.activate(actor, needId(parseProposalId(request.params.id)), base, decision?.trim() ?? null)
      return viewer.inForce()
    },
  })
  app.route({
    ...routes.rebase,
    url: routes.rebase.path,
    schema: { params: IdParams, body: BaseBody, response: { 200: ProposalView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...bundleHands)
      const id = needId(parseProposalId(request.params.id))
      await bundleLife.rebase(actor, id, request.body.base)
      return proposalView(request, id)
    },
  })
  app.route({
    ...routes.reviewSafety,
    url: routes.reviewSafety.path,
    schema: { params: IdParams, body: SafetyReviewBody, response: { 200: ProposalView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, 'safety-engineer')
      const id = needId(parseProposalId(request.params.id))
      const { base, verdict, reference = null, comment } = request.body
      await bundleLife.reviewSafety(actor, id, base, { verdict, reference, comment })
      return proposalView(request, id)
    },
  })
  app.route({
    ...routes.dossier,
    url: routes.dossier.path,
    schema: { params: IdParams, response: { 200: DossierView, ...problemAnswers } },
    handler: async (request) => {
      needRole(await logins.actor(request), ...proposalReaders)
      return readDossier(needId(parseProposalId(request.params.id)))
    },
  })
  app.route({
    ...routes.recordTrial,
    url: routes.recordTrial.path,
    schema: { params: IdParams, body: TrialBody, response: { 200: DossierView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...bundleHands, 'safety-engineer')
      const id = needId(parseProposalId(request.params.id))
      await keepTrial({ store, clock }, actor, id, request.body)
      return readDossier(id)
    },
  })
  app.route({
    ...routes.rejectProposal,
    url: routes.rejectProposal.path,
    schema: { params: IdParams, body: ReasonBody, response: { 200: ProposalView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needHouseRole(actor, ...bundleHands)
      const id = needId(parseProposalId(request.params.id))
      await bundleLife.reject(actor, id, request.body.reason)
      return proposalView(request, id)
    },
  })
  app.route({
    ...routes.withdrawProposal,
    url: routes.withdrawProposal.path,
    schema: { params: IdParams, response: { 200: ProposalView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...bundleHands)
      const id = needId(parseProposalId(request.params.id))
      await bundleLife.withdraw(actor, id)
      return proposalView(request, id)
    },
  })

  async function takeProposal(id: string): Promise<Held> {
    const proposal = await store.proposals.byId(needId(parseProposalId(id)))
    const files = proposal ? await store.proposals.files(proposal.id) : null
    if (!files) throw new GatewayError('not-found', `no proposal \`${id}\``)
    return takeFiles(files, proposal?.digest)
  }

  async function takeFiles(files: ReadonlyMap<string, string>, digest?: string): Promise<Held> {
    const taken = await shelf.take(files, digest)
    if (taken.kind === 'ok') return taken
    throw bundleLife.invalid(taken)
  }
}

type PreParsing = NonNullable<Exclude<RouteShorthandOptions['preParsing'], readonly unknown[]>>

const filesOf = ({ files }: FilesBody): ReadonlyMap<string, string> => new Map(Object.entries(files))
