// Addresses of the gateway's routes, and what one call of each needs. What they take and answer is the contract's table
// in gateway/contract/calls.ts.

import type { Bodies } from '../../../gateway/contract/calls.ts'
import { prefix, routes, type RouteName } from '../../../gateway/contract/routes.ts'

type ParamOf<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}`
    ? Name | ParamOf<`/${More}`>
    : Rest
  : never
type Params<N extends RouteName> = ParamOf<(typeof routes)[N]['path']>

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

/** What one call of a route needs: its path parameters and its body where it has any. */
export type CallInput<N extends RouteName> = {
  readonly query?: Query
  readonly signal?: AbortSignal
} & ([Params<N>] extends [never] ? unknown : { readonly params: Readonly<Record<Params<N>, string>> }) &
  (N extends keyof Bodies ? { readonly body: Bodies[N] } : unknown)

/** A call as the client sends it, whichever route it is for. */
export interface AnyInput {
  readonly query?: Query
  readonly signal?: AbortSignal
  readonly params?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** The address of a route on the gateway's own origin. A query entry that is null, undefined or empty is left out. */
export function addressOf(name: RouteName, input: AnyInput): string {
  const path = routes[name].path.replace(/:([a-z]+)/g, (_, param: string) => {
    const value = input.params?.[param]
    if (value === undefined || value === '')
      throw new Error(`route \`${name}\`: expected a value for \`:${param}\`, got none`)
    return encodeURIComponent(value)
  })
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(input.query ?? {})) {
    if (value !== null && value !== undefined && value !== '') query.set(key, String(value))
  }
  const asked = query.toString()
  return `${prefix}${path}${asked === '' ? '' : `?${asked}`}`
}
