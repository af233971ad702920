// Calls the gateway: composes the request, repeats the anti-forgery value on every change, renews the login once when it
// has run out, and turns every failure into an ApiProblem. It knows nothing of pages or caches.

import type { AnsweredRoute, AnswerOf } from '../../../gateway/contract/calls.ts'
import { csrfHeader, routes, type RouteName } from '../../../gateway/contract/routes.ts'
import { addressOf, type AnyInput, type CallInput } from './calls.ts'
import { ApiProblem, toProblem, unreachable } from './problem.ts'
import type { MeView } from '../../../gateway/contract/views.ts'

export interface ClientParts {
  readonly fetch: (address: string, init: RequestInit) => Promise<Response>
  /** Runs the work while no other tab of this browser runs its own: the refresh cookie may be used once only. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>
  /** Called when the login this page had is over and could not be renewed. */
  readonly onSignedOut: () => void
}

export interface Client {
  /** Calls a route that answers with JSON. Throws ApiProblem. */
  readonly call: <N extends AnsweredRoute>(name: N, input: CallInput<N>) => Promise<AnswerOf<N>>
  /** Calls a route whose answer is not JSON, or nothing. Throws ApiProblem. */
  readonly send: <N extends RouteName>(name: N, input: CallInput<N>) => Promise<Response>
}

/** Who is to enrol has no login that could be renewed: what is refused them is refused. */
const isForStrangers = (name: RouteName): boolean => name === 'beginEnrolment' || name === 'finishEnrolment'
const justOnce = (work: () => Promise<Response>): Promise<Response> => work()

/** A client with its own login state; one for the whole page. */
export function createClient({ fetch, exclusively, onSignedOut }: ClientParts): Client {
  let csrf: string | null = null
  let renewal: Promise<void> | null = null

  async function once(address: string, method: 'GET' | 'POST', body: unknown, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    if (method === 'POST' && csrf !== null) headers[csrfHeader] = csrf
    let answer: Response
    try {
      answer = await fetch(address, {
        method,
        headers,
        credentials: 'same-origin',
        cache: 'no-store',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      })
    } catch (cause) {
      if (signal?.aborted === true) throw cause
      throw unreachable(cause)
    }
    if (answer.ok) return answer
    throw toProblem(answer.status, await readJson(answer))
  }

  async function login(name: 'login' | 'refresh' | 'me', body?: unknown): Promise<MeView> {
    const answer = await once(addressOf(name, {}), routes[name].method, body)
    const me = (await readAnswer(answer)) as MeView
    csrf = me.csrf
    return me
  }

  /** Another tab may have renewed the login meanwhile, so it first asks who it is and only then spends the cookie. */
  function renew(): Promise<void> {
    renewal ??= exclusively(async () => {
      try {
        await login('me')
      } catch (problem) {
        if (!(problem instanceof ApiProblem) || problem.status !== 401) throw problem
        await login('refresh')
      }
    }).finally(() => {
      renewal = null
    })
    return renewal
  }

  async function withLogin(work: () => Promise<Response>): Promise<Response> {
    try {
      return await work()
    } catch (problem) {
      if (!(problem instanceof ApiProblem) || !(problem.status === 401 || problem.code === 'csrf-missing'))
        throw problem
      try {
        await renew()
      } catch (failure) {
        // Who was never logged in here has no login that ended: the page they asked for sends them to the form.
        if (csrf !== null && failure instanceof ApiProblem && failure.status === 401) onSignedOut()
        throw failure
      }
      return work()
    }
  }

  const send = (name: RouteName, input: AnyInput): Promise<Response> =>
    (isForStrangers(name) ? justOnce : withLogin)(() =>
      once(addressOf(name, input), routes[name].method, input.body, input.signal),
    )

  return {
    send,
    call: async <N extends AnsweredRoute>(name: N, input: CallInput<N>): Promise<AnswerOf<N>> => {
      if (name === 'login') return (await login('login', (input as AnyInput).body)) as AnswerOf<N>
      const view = await readAnswer(await send(name, input))
      if (name === 'me') csrf = (view as MeView).csrf
      // The gateway checks every answer against the schema this type comes from before it sends it.
      return view as AnswerOf<N>
    },
  }
}

async function readAnswer(answer: Response): Promise<unknown> {
  try {
    return await answer.json()
  } catch (cause) {
    throw unreachable(cause)
  }
}

/** The body of a failure, or null where it is no JSON: a proxy in between answers in its own words. */
async function readJson(answer: Response): Promise<unknown> {
  try {
    return await answer.json()
  } catch {
    return null
  }
}
