// A gateway as its API shows it to one person. Logs in, renews the login with the kept refresh cookie, calls routes and
// reads their answers. Connections and certificates are exchange.ts's; what is kept on disk is session-file.ts's.

import { setTimeout as sleep } from 'node:timers/promises'
import type { IncomingMessage } from 'node:http'
import { csrfHeader, keptBackHeader, prefix, routes, type RouteName } from '../contract/routes.ts'
import type { DryRunView } from '../contract/bundle-views.ts'
import { answers, type AnsweredRoute, type AnswerOf, type BodyOf } from '../contract/calls.ts'
import { dryRunLine, problemSchema, readAs, type ItemOf, type ListRoute } from './answers.ts'
import { CookieJar } from './cookie-jar.ts'
import { exchange, linesOf, openLine, readBytes, readText, type Line } from './exchange.ts'
import { Failure } from './failure.ts'
import { refusalOf, strangerOf } from './refusal.ts'
import { readSession, withSessionLock, writeSession, type Session } from './session-file.ts'

const maxAnswerBytes = 32 << 20
const usualPatience = 30_000
/** An export of many recordings is made whole before its first byte comes. */
const exportPatience = 15 * 60_000
/** The gateway parses a whole bundle before it answers, and compares it with every open grant. */
const bundlePatience = 5 * 60_000
/** A long recording may have to be read through before its first byte comes. */
const replayPatience = 10 * 60_000
const slowRoutes: ReadonlySet<RouteName> = new Set([
  'bundleDiff',
  'propose',
  'proposal',
  'activate',
  'rebase',
  'rollback',
])
/** Nobody holds the lock longer than one refused or answered refresh takes. */
const staleLockMs = usualPatience + 15_000

export interface Call<Name extends RouteName> {
  /** The `:id` of the route's path. */
  readonly id?: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: BodyOf<Name>
}

export interface Where {
  readonly url: string
  readonly ca: string | null
  /** Folder of the session files. */
  readonly state: string
}

export class Gateway {
  readonly url: string
  readonly #where: Where
  readonly #line: Line
  readonly #jar = new CookieJar()
  #csrf = ''

  constructor(where: Where) {
    this.url = where.url
    this.#where = where
    this.#line = openLine(where.url, where.ca)
  }

  /** Logs in with all factors and keeps the login. @throws Failure `login-failed` among others. */
  async login(body: BodyOf<'login'>): Promise<AnswerOf<'login'>> {
    const me = await this.#begin('login', JSON.stringify(body), {})
    await this.#keep(me.person.login)
    return me
  }

  /**
   * Takes up the kept login: uses the refresh cookie, and has its successor on disk before anything else is asked.
   * @throws Failure when there is no login, or it has ended.
   */
  async resume(): Promise<AnswerOf<'refresh'>> {
    const { state, url } = this.#where
    const turn = { staleMs: staleLockMs, pause: () => sleep(50) }
    return withSessionLock(
      state,
      url,
      async () => {
        const kept = await readSession(state, url)
        if (!kept?.refresh)
          throw new Failure(`not logged in to \`${url}\`: run \`sallyport login\``, {
            details: { code: 'not-logged-in' },
          })
        const { name, value } = kept.refresh
        try {
          const me = await this.#begin('refresh', null, { cookie: `${name}=${value}` })
          await this.#keep(me.person.login)
          return me
        } catch (error) {
          if (!(error instanceof Failure) || error.details['status'] !== 401) throw error
          await writeSession(state, { ...kept, refresh: null })
          throw new Failure(`the login at \`${url}\` has ended: run \`sallyport login\``, {
            details: { code: 'not-logged-in' },
            cause: error,
          })
        }
      },
      turn,
    )
  }

  /** Ends the login there and here. */
  async logout(login: string): Promise<void> {
    await this.#send('logout', {}, usualPatience)
    await this.forget(login)
  }

  /** Drops the login here; the address stays known. */
  async forget(login: string): Promise<void> {
    const { state, url, ca } = this.#where
    await writeSession(state, { url, ca, login, refresh: null })
  }

  async call<Name extends AnsweredRoute>(name: Name, call: Call<Name> = {}): Promise<AnswerOf<Name>> {
    const answer = await this.#send(name, call, slowRoutes.has(name) ? bundlePatience : usualPatience)
    return this.#read(name, answer)
  }

  /** Items of every page, at most `limit`. */
  async list<Name extends ListRoute>(
    name: Name,
    query: Readonly<Record<string, string>>,
    limit: number,
  ): Promise<ItemOf<Name>[]> {
    const items: ItemOf<Name>[] = []
    let cursor: string | null = null
    do {
      const page: { readonly items: readonly unknown[]; readonly next: string | null } = await this.call(name, {
        query: { ...query, limit: String(Math.min(limit - items.length, 200)), ...(cursor === null ? {} : { cursor }) },
      })
      items.push(...(page.items as readonly ItemOf<Name>[]))
      // A gateway that gives a cursor and nothing else would keep us for ever.
      cursor = page.items.length === 0 ? null : page.next
    } while (cursor !== null && items.length < limit)
    return items.slice(0, limit)
  }

  /** The export as it comes: a tar stream. `keptBack`: sealed recordings that are not in it, by how they are handled. */
  async export(body: BodyOf<'export'>): Promise<{ readonly tar: IncomingMessage; readonly keptBack: number }> {
    const tar = await this.#send('export', { body }, exportPatience)
    return { tar, keptBack: Number(tar.headers[keptBackHeader] ?? 0) }
  }

  /** A file of the ledger by its path, `checkpoint` or `tile/...`; null where there is none. */
  async ledgerFile(path: string): Promise<Buffer | null> {
    try {
      const answer = await this.#ask('GET', `${prefix}/ledger/${path}`, null, usualPatience)
      return await readBytes(answer, maxAnswerBytes)
    } catch (error) {
      if (error instanceof Failure && error.details['status'] === 404) return null
      throw error
    }
  }

  /** Runs a dry run to its end. @throws Failure when it breaks off. */
  async dryRun(body: BodyOf<'bundleDryRun'>, onProgress: (done: number, total: number) => void): Promise<DryRunView> {
    const answer = await this.#send('bundleDryRun', { body }, bundlePatience)
    let report: DryRunView | null = null
    // To the end of the answer, not to the report: a connection that is dropped early counts as broken off.
    for await (const text of linesOf(answer)) {
      const line = readAs(dryRunLine, parseJson(text))
      if (line === null) throw strangerOf(this.url, answer.statusCode ?? 0, text)
      if (line.kind === 'failed') throw new Failure(line.message)
      if (line.kind === 'report') report = line.report
      else onProgress(line.done, line.total)
    }
    if (report !== null) return report
    throw new Failure('the dry run broke off: try again')
  }

  /** The trust document as text; what is in it is the recorder's to parse. */
  async trust(): Promise<string> {
    return readText(await this.#send('trust', {}, usualPatience), maxAnswerBytes)
  }

  /** The bytes behind an address that a replay named; only ever one of this gateway's API. */
  async cast(address: string): Promise<IncomingMessage> {
    const answer = await this.#ask('GET', this.#own(address), null, replayPatience)
    // Its bytes come as they are played, or as they happen: silence is no fault.
    answer.socket.setTimeout(0)
    return answer
  }

  /** What a route answers behind an address that an answer before named. */
  async at<Name extends AnsweredRoute>(name: Name, address: string): Promise<AnswerOf<Name>> {
    return this.#read(name, await this.#ask('GET', this.#own(address), null, replayPatience))
  }

  close(): void {
    this.#line.agent.destroy()
  }

  #own(address: string): string {
    const url = URL.parse(address, this.url)
    if (url === null || url.origin !== this.url || !url.pathname.startsWith(`${prefix}/`))
      throw strangerOf(this.url, 200, address)
    return `${url.pathname}${url.search}`
  }

  /** Login and refresh: both answer who this is, the csrf value, and cookies. */
  async #begin(
    name: 'login' | 'refresh',
    body: string | null,
    extra: Record<string, string>,
  ): Promise<AnswerOf<'login'>> {
    const headers = {
      accept: 'application/json',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...extra,
    }
    const path = prefix + routes[name].path
    const answer = await exchange(this.#line, { method: 'POST', path, headers, body, patience: usualPatience })
    const me = await this.#read(name, answer)
    this.#jar.take(answer.headers['set-cookie'] ?? [], path)
    this.#csrf = me.csrf
    return me
  }

  async #keep(login: string): Promise<void> {
    const { state, url, ca } = this.#where
    // The refresh cookie is the one bound to its own route; the access cookie goes with every call and is not kept.
    const refresh = this.#jar.only(prefix + routes.refresh.path, prefix + routes.status.path)
    const session: Session = { url, ca, login, refresh }
    await writeSession(state, session)
    if (refresh === null)
      throw new Failure(`\`${url}\`: gave no login that can be kept: is its version that of this command`)
  }

  async #send<Name extends RouteName>(
    name: Name,
    { id, query = {}, body }: Call<Name>,
    patience: number,
  ): Promise<IncomingMessage> {
    const { method, path } = routes[name]
    const search = new URLSearchParams(query).toString()
    const address = prefix + path.replace(/:\w+/, encodeURIComponent(id ?? '')) + (search === '' ? '' : `?${search}`)
    return this.#ask(method, address, body === undefined || body === null ? null : JSON.stringify(body), patience)
  }

  /** Asks; where the short-lived access cookie has run out meanwhile, renews the login once and asks again. */
  async #ask(method: 'GET' | 'POST', path: string, body: string | null, patience: number): Promise<IncomingMessage> {
    for (let renewed = false; ; renewed = true) {
      const answer = await exchange(this.#line, {
        method,
        path,
        body,
        patience,
        headers: {
          accept: 'application/json, */*;q=0.5',
          cookie: this.#jar.header(path),
          ...(body === null ? {} : { 'content-type': 'application/json' }),
          ...(method === 'POST' ? { [csrfHeader]: this.#csrf } : {}),
        },
      })
      if (answer.statusCode !== 401 || renewed) {
        if ((answer.statusCode ?? 0) >= 400) throw await this.#refusal(answer)
        return answer
      }
      answer.resume()
      await this.resume()
    }
  }

  async #read<Name extends AnsweredRoute>(name: Name, answer: IncomingMessage): Promise<AnswerOf<Name>> {
    const status = answer.statusCode ?? 0
    if (status >= 400) throw await this.#refusal(answer)
    const text = await readText(answer, maxAnswerBytes)
    const value = readAs(answers[name], parseJson(text))
    if (value === null) throw strangerOf(this.url, status, text)
    return value as AnswerOf<Name>
  }

  async #refusal(answer: IncomingMessage): Promise<Failure> {
    const status = answer.statusCode ?? 0
    const text = await readText(answer, maxAnswerBytes)
    const problem = readAs(problemSchema, parseJson(text))
    return problem === null ? strangerOf(this.url, status, text) : refusalOf(problem, status)
  }
}

/** The value of a JSON text; undefined where it is none, which no schema takes. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}
