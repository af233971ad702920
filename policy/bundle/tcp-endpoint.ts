// The endpoint of an asset whose ports are reached as they are, through a tunnel: where it is dialled and which ports.
// What is brokered by itself is not offered here as well, since it would pass by unread.

import { portsOf, type Endpoint, type TcpEndpoint } from '../model.ts'
import type { Place } from './document.ts'
import { readInteger, readList, readMap, shape, whole } from './fields.ts'
import type { Problems } from './problem.ts'

export const tcpEndpointShape = shape(['protocol', 'host', 'ports'])

/** Ports of one endpoint: what a person who approves can still read. */
export const mostPorts = 32

/** Where SSH stands by itself (RFC 4250 section 8.1 names port 22). */
const sshPort = 22

export function isTcpEndpoint({ value }: Place): boolean {
  if (value.kind !== 'map') return false
  const protocol = value.entries.get('protocol')?.value
  return protocol?.kind === 'scalar' && protocol.value === 'tcp'
}

/** @param readHost reads a host as that of every other endpoint. */
export function parseTcpEndpoint(
  place: Place,
  problems: Problems,
  readHost: (at: Place | null) => string | null,
): TcpEndpoint | null {
  const fields = readMap(problems, place, tcpEndpointShape)
  if (fields === null) return null
  return whole<TcpEndpoint>({
    protocol: 'tcp',
    host: readHost(fields.get('host')),
    ports: readPorts(fields.get('ports'), problems),
  })
}

function readPorts(place: Place | null, problems: Problems): readonly number[] | null {
  const seen = new Set<number>()
  const ports = readList(
    problems,
    place,
    (item) => {
      const port = readInteger(problems, item, 1, 65535)
      if (port === null) return null
      if (port === sshPort) {
        problems.report(
          item,
          'port 22 in a tunnel would carry SSH that nobody records: declare an endpoint of protocol `ssh` instead',
        )
        return null
      }
      if (!seen.has(port)) {
        seen.add(port)
        return port
      }
      problems.report(item, `duplicate port ${port}: expected each once`)
      return null
    },
    { atLeast: 1 },
  )
  if (ports === null || place === null || ports.length <= mostPorts) return ports
  problems.report(place, `expected at most ${mostPorts} ports, got ${ports.length}`)
  return null
}

/** A port that is brokered by its own protocol is no tunnel too: whoever took that way would be read by nobody. */
export function checkTunnelPorts(endpoints: readonly Endpoint[], place: Place, problems: Problems): boolean {
  const brokered = endpoints.filter(({ protocol }) => protocol !== 'tcp')
  const doubled = endpoints
    .filter(({ protocol }) => protocol === 'tcp')
    .flatMap(portsOf)
    .flatMap((port) =>
      brokered.filter((each) => portsOf(each).includes(port)).map(({ protocol }) => ({ port, protocol })),
    )
  for (const { port, protocol } of doubled)
    problems.report(
      place,
      `port ${port} is that of the \`${protocol}\` endpoint already: take it out of the ports of protocol \`tcp\`, where nobody would read what passes`,
    )
  return doubled.length === 0
}
