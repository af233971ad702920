// What is told of files that cross: who may let one go is asked, who carries it hears what became of it, and malware is
// told to everybody who has to know.

import { fileReleaseFault, type FileTransferId, type Person } from '../../policy/index.ts'
import { suspensionOfPerson } from '../access/suspensions.ts'
import type { StoredFileTransfer } from '../store/file-transfers.ts'
import { alarmed } from './audience.ts'
import { tame } from './letter.ts'
import { assetName, nameOf, openAccounts, plantName, refOf, type Look, type Told } from './look.ts'
import type { NoticesOf } from './mapper.ts'

interface Carried {
  readonly file: StoredFileTransfer
  readonly sender: Person | null
  /** `/srv/in/fw.bin to EWS 1 (ews-1) in North`, tame. */
  readonly what: string
  readonly facts: Told['facts']
}

async function carried(look: Look, id: FileTransferId): Promise<Carried | null> {
  const file = await look.tables.fileTransfers.byId(id)
  if (file === null) return null
  const { session, asset, plant, direction, path, person, found } = file
  const sender = await look.tables.people.byId(person)
  const way = direction === 'in' ? 'to' : 'from'
  const what = `${tame(path)} ${way} ${assetName(look, asset)} in ${plantName(look, plant)}`
  const sha256 = found?.sha256 ?? null
  return {
    file,
    sender,
    what,
    facts: { file: id, session, asset, plant, direction, sha256, person: refOf(sender, person) },
  }
}

export const fileNotices: NoticesOf<'file.held' | 'file.released' | 'file.blocked'> = {
  async 'file.held'({ file: id, because }, look) {
    const found = await carried(look, id)
    if (found === null || found.sender === null || found.file.state !== 'waiting') return null
    const { file, sender, what, facts } = found
    const people = (await look.people()).filter(
      (person) =>
        fileReleaseFault(person, sender, file) === null && suspensionOfPerson(look.world.suspensions, person) === null,
    )
    return {
      people,
      facts: { ...facts, because },
      asks: null,
      letter: () => ({
        subject: `let it go or refuse: a file waits to cross ${file.direction === 'in' ? 'to' : 'from'} ${file.asset}`,
        lines: [
          `${nameOf(look, sender)} wants to bring ${what}.`,
          because === 'no-verdict'
            ? 'There is no malware verdict on it, and the rules then want a person to decide.'
            : 'The rules want a person to let it go. Read what was found in it, and decide.',
        ],
        open: '/files',
      }),
    }
  },

  async 'file.released'({ file: id, by }, look) {
    // What the rules let go was on its way at once.
    const found = by === null ? null : await carried(look, id)
    if (found === null) return null
    const { file, what, facts } = found
    return {
      people: await openAccounts(look, [file.person]),
      facts: { ...facts, by: refOf(await look.tables.people.byId(by ?? file.person), by ?? file.person) },
      asks: null,
      letter: () => ({
        subject: 'send it again: a file was let go',
        lines: [
          `The plant let go of ${what}.`,
          'Where your program waits no longer, the same file passes now when it is sent again.',
        ],
        open: '/files',
      }),
    }
  },

  async 'file.blocked'({ file: id, because }, look) {
    if (because !== 'infected') return null
    const found = await carried(look, id)
    if (found === null) return null
    const { file, sender, what, facts } = found
    return {
      people: await alarmed(look, file.plant),
      facts: { ...facts, because },
      asks: null,
      letter: () => ({
        subject: `look at this: malware in a file for ${file.asset}`,
        lines: [
          `The malware scanner found something in ${what}, carried by ${nameOf(look, sender)}.`,
          'It did not cross. What it held is kept for the plant.',
        ],
        open: '/files',
      }),
    }
  },
}
