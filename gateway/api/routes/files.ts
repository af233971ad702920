// Files in the airlock: the list of them, one of them, and letting one go or refusing it.

import { Type } from 'typebox'
import { parseFileTransferId, parseSessionId } from '../../../policy/index.ts'
import type { Actor } from '../../access/authorize.ts'
import { ReasonBody } from '../../contract/bodies.ts'
import { routes } from '../../contract/routes.ts'
import { FileView, ListOf } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import type { StoredFileTransfer } from '../../store/file-transfers.ts'
import type { Reach } from '../../store/whose.ts'
import { fileViews } from '../file-view.ts'
import type { Logins } from '../logins.ts'
import { readablePage } from '../readable-page.ts'
import { IdParams, needId, nextOf, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { theirs } from './access.ts'
import { isReadOf, readsAll } from './plant-people.ts'

export function fileRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, files } = services

  async function one(actor: Actor, file: StoredFileTransfer): Promise<FileView> {
    const [view] = await fileViews(services, actor, [file])
    if (!view) throw new GatewayError('not-found')
    return view
  }

  /** What crosses is for people of the plant, and for who carries it or answers for the machine that does. */
  function mayRead(actor: Actor, { person, plant }: StoredFileTransfer): boolean {
    const { person: reader, machines = [] } = actor
    if (person === reader.id || machines.includes(person)) return true
    return reader.supplier === null && isReadOf(actor, [plant])
  }

  /** The same for the list. */
  function readBy(actor: Actor): Reach {
    const { supplier, plants } = actor.person
    return { people: theirs(actor), plants: supplier !== null ? [] : readsAll(actor) ? null : plants }
  }

  async function needFile(actor: Actor, id: string): Promise<StoredFileTransfer> {
    const file = await store.fileTransfers.byId(needId(parseFileTransferId(id)))
    if (file === null || !mayRead(actor, file)) throw new GatewayError('not-found')
    return file
  }

  app.route({
    ...routes.files,
    url: routes.files.path,
    schema: {
      querystring: Type.Object({
        ...PageQuery,
        waiting: Type.Optional(Type.Literal('true')),
        session: Type.Optional(Type.String({ maxLength: 64 })),
      }),
      response: { 200: ListOf(FileView), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const { waiting, session } = request.query
      const filter = {
        person: readBy(actor),
        ...(waiting === 'true' && { state: 'waiting' as const }),
        ...(session !== undefined && { session: needId(parseSessionId(session)) }),
      }
      const page = pageOf(request.query)
      const rows = await readablePage(
        page,
        (from) => store.fileTransfers.list(filter, from),
        ({ id }) => id,
        (row) => mayRead(actor, row),
      )
      return { items: await fileViews(services, actor, rows), next: nextOf(rows, page.limit, rows.at(-1)?.id) }
    },
  })
  app.route({
    ...routes.file,
    url: routes.file.path,
    schema: { params: IdParams, response: { 200: FileView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      return one(actor, await needFile(actor, request.params.id))
    },
  })
  app.route({
    ...routes.releaseFile,
    url: routes.releaseFile.path,
    schema: { params: IdParams, body: ReasonBody, response: { 200: FileView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const { id } = await needFile(actor, request.params.id)
      return one(actor, await files.release(actor, id, request.body.reason))
    },
  })
  app.route({
    ...routes.refuseFile,
    url: routes.refuseFile.path,
    schema: { params: IdParams, body: ReasonBody, response: { 200: FileView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const { id } = await needFile(actor, request.params.id)
      return one(actor, await files.refuse(actor, id, request.body.reason))
    },
  })
}
