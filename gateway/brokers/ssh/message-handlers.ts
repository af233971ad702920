// The place where ssh2 (1.17) keeps what it does with each kind of message, for the files here that must see a message
// before ssh2 does. Nothing else reaches into it.

import type { Client, Connection } from 'ssh2'

export type MessageHandler = (...args: unknown[]) => void

interface Inside {
  readonly _protocol?: { readonly _handlers?: Record<string, MessageHandler> }
}

/**
 * Puts a handler in the place of ssh2's for one kind of message, named as in RFC 4250 without `SSH_MSG_`.
 * @param make gets ssh2's own handler, to be called for what stays ssh2's.
 * @throws when this ssh2 keeps its handlers elsewhere; the connection must not be served then.
 */
export function standBefore(
  connection: Client | Connection,
  name: string,
  make: (original: MessageHandler) => MessageHandler,
): void {
  const handlers = (connection as unknown as Inside)._protocol?._handlers
  const original = handlers?.[name]
  if (!handlers || !original) throw new Error(`ssh2 keeps its ${name} handler elsewhere than in 1.17`)
  handlers[name] = make(original)
}
