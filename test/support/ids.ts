// Ids as tests write them down: by the parsers that everything from outside goes through, so that a test has no id that
// could not exist.

import * as parsers from '../../policy/ids.ts'
import type { ParsedId } from '../../policy/ids.ts'

const by =
  <T>(parse: (input: unknown) => ParsedId<T>) =>
  (text: string): T => {
    const parsed = parse(text)
    if (parsed.kind === 'malformed') throw new Error(parsed.reason)
    return parsed.id
  }

export const idOf = {
  plant: by(parsers.parsePlantId),
  zone: by(parsers.parseZoneId),
  asset: by(parsers.parseAssetId),
  supplier: by(parsers.parseSupplierId),
  physicalSource: by(parsers.parsePhysicalSourceId),
  login: by(parsers.parseLogin),
  person: by(parsers.parsePersonId),
  request: by(parsers.parseRequestId),
  grant: by(parsers.parseGrantId),
  session: by(parsers.parseSessionId),
  suspension: by(parsers.parseSuspensionId),
  deletion: by(parsers.parseDeletionId),
  erasure: by(parsers.parseErasureId),
  file: by(parsers.parseFileTransferId),
}
