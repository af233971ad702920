// What a client asks for on a connection that is not brokered, or not now: kept as evidence, and told.

import type { BrokerContext, BrokeredSession, TelnetSession, Visitor } from '../broker.ts'

const notOffered =
  'the gateway carries terminals, commands, files and streams to declared assets, as far as an access goes, and nothing else'
const mostFacts = 64

export interface RefusedFeaturesDeps {
  readonly context: Pick<BrokerContext, 'refusedFeature'>
  /** Null before the login is complete. */
  readonly visitor: () => Visitor | null
  /** The session of this connection; null while there is none. */
  readonly session: () => Pick<BrokeredSession | TelnetSession, 'flow' | 'refusedFeature'> | null
  /** A line for whoever has a terminal on this connection. */
  readonly notice: (text: string) => void
}

/**
 * Keeps a refusal and gives what to tell the user. Once a feature and connection, and once a command or a place to reach: a
 * client that asks a thousand times is one fact, not a thousand, and one that tries a thousand places is seen to.
 * Where input is stopped, terminals are told why: the refusal of a forward has no words of its own.
 */
export function refuseFeatures(deps: RefusedFeaturesDeps): (feature: string, detail: string | null) => string {
  const refused = new Set<string>()
  return (feature, detail) => {
    const [session, visitor] = [deps.session(), deps.visitor()]
    const why = session?.flow().why ?? null
    const text = why === null ? notOffered : `${notOffered}; ${why}`
    const fact = feature === 'exec' || feature === 'direct-tcpip' ? `${feature} ${detail ?? ''}` : feature
    if (!visitor || refused.has(fact) || refused.size >= mostFacts) return text
    refused.add(fact)
    if (session) session.refusedFeature(feature, detail)
    else deps.context.refusedFeature(visitor, feature, detail)
    // A command has a channel of its own to be told on.
    if (why !== null && feature !== 'exec') deps.notice(`refused: ${text}`)
    return text
  }
}
