// A gateway small enough to be believed: one login with an access and a refresh cookie, a rotating anti-forgery value,
// and a log of what was called. It answers the client under test through its `fetch`.

import { csrfHeader, prefix } from '../../../gateway/contract/routes.ts'

export interface GatewayDouble {
  readonly fetch: (address: string, init: RequestInit) => Promise<Response>
  readonly calls: string[]
  /** The access cookie runs out; the refresh cookie still holds. */
  expire(): void
  /** The login is over altogether. */
  end(): void
  /** Another tab renews the login: the anti-forgery value this tab knows is old now. */
  renewElsewhere(): void
  /** What the next calls to a path answer instead. */
  answer(path: string, make: () => Response): void
}

const json = (status: number, body: unknown): Response => Response.json(body, { status })
const person = {
  id: 'per_1',
  login: 'shift-lead',
  displayName: 'Shift',
  roles: ['vendor'],
  supplier: null,
  supplierName: null,
  plants: [],
}

/** A gateway at which somebody is logged in. */
export function openGateway(): GatewayDouble {
  let access = true
  let refresh = true
  let issued = 1
  const calls: string[] = []
  const special = new Map<string, () => Response>()
  const me = () => json(200, { person, reads: [], csrf: `csrf-${issued}` })

  function handle(path: string, init: RequestInit): Response {
    if (path === '/auth/refresh') {
      if (!refresh) return json(401, { code: 'not-logged-in', message: 'no valid login: log in again' })
      access = true
      issued += 1
      return me()
    }
    if (!access) return json(401, { code: 'not-logged-in', message: 'no valid login: log in again' })
    if (path === '/auth/me') return me()
    const given = new Headers(init.headers).get(csrfHeader)
    if (init.method === 'POST' && given !== `csrf-${issued}`) {
      return json(403, { code: 'csrf-missing', message: 'the anti-forgery header is missing or wrong' })
    }
    return special.get(path)?.() ?? json(200, { items: [], next: null })
  }

  return {
    calls,
    fetch: async (address, init) => {
      const path = address.slice(prefix.length)
      calls.push(`${init.method ?? 'GET'} ${path}`)
      return handle(path, init)
    },
    expire: () => {
      access = false
    },
    end: () => {
      access = false
      refresh = false
    },
    renewElsewhere: () => {
      issued += 1
    },
    answer: (path, make) => {
      special.set(path, make)
    },
  }
}
