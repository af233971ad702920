// Files of the store are their owner's alone from their first byte: SQLite would make them as the umask says, and gives
// what it makes beside them (-wal, -shm) the mode of the file.

import { closeSync, openSync } from 'node:fs'

/**
 * Makes an empty file of mode 0600 where there is none; one that is there stays as it is.
 * @throws when it cannot be made or written.
 */
export function makePrivateFile(path: string): void {
  closeSync(openSync(path, 'a', 0o600))
}
