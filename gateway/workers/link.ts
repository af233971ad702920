// Calls and words between the core and one worker, over the channel Node keeps between a process and its child. A call
// gets one answer, words get none; everything arrives in the order it was sent. Which there are stands in wire.ts; what
// is not among them is a fault of the other side.

import type { Socket } from 'node:net'

/** One end of the channel. */
export interface Channel {
  send(message: unknown, handle?: Socket): void
  onMessage(listener: (message: unknown, handle: unknown) => void): void
}

/** The calls of one side: each takes a plain value and resolves with one. */
export type Calls = Readonly<Record<string, { readonly ask: unknown; readonly answer: unknown }>>
export type Words = Readonly<Record<string, unknown>>

/** What one side may ask of the other, and say to it. */
export interface Side {
  readonly calls: Calls
  readonly words: Words
}

export interface Link<Far extends Side> {
  /** @throws LinkError when the other side fails, or is gone. */
  call<Name extends keyof Far['calls'] & string>(
    name: Name,
    ask: Far['calls'][Name]['ask'],
  ): Promise<Far['calls'][Name]['answer']>
  tell<Name extends keyof Far['words'] & string>(name: Name, word: Far['words'][Name], handle?: Socket): void
  /** The other side is gone: everything outstanding fails, and so does what is asked from now on. */
  close(why: string): void
}

/** A link, and how this side begins to answer on it: what answers may need the link itself. */
export interface OpenedLink<Near extends Side, Far extends Side> {
  readonly link: Link<Far>
  /** Called once, before the first message. */
  serve(options: LinkOptions<Near>): void
}

export type Answering<Near extends Side> = {
  readonly [Name in keyof Near['calls'] & string]: (
    ask: Near['calls'][Name]['ask'],
  ) => Promise<Near['calls'][Name]['answer']> | Near['calls'][Name]['answer']
}
export type Hearing<Near extends Side> = {
  readonly [Name in keyof Near['words'] & string]: (word: Near['words'][Name], handle: unknown) => void
}

/** Gives a value of the shape that a call or word has; what is wrong with it otherwise. */
export type Parse = (name: string, body: unknown) => { readonly value: unknown } | { readonly fault: string }

/** For what comes from the side that is trusted: only the name is looked at. */
export const takenAsIs: Parse = (_name, value) => ({ value })

/** The other side could not do what was asked; its message is for logs. */
export class LinkError extends Error {}

export interface LinkOptions<Near extends Side> {
  readonly calls: Answering<Near>
  readonly words: Hearing<Near>
  readonly parse: Parse
  /** Reads what the other side answers to a call; left out, it is taken as it is. */
  readonly parseAnswer?: Parse
  /** Calls of the other side that may be under way at a time. */
  readonly mostCalls: number
  /** The other side does what none of ours does: it is not to be believed any more. Told once. */
  readonly onFault: (why: string) => void
}

/*
  A message is an array, which the channel carries as a structured clone:
    [0, number, name, body]   a call
    [1, number, body]         its answer
    [2, number, message]      its failure
    [3, name, body]           words
*/
const [asked, answered, failed, said] = [0, 1, 2, 3] as const

interface Waiting {
  readonly name: string
  resolve(value: unknown): void
  reject(error: Error): void
}

export function openLink<Near extends Side, Far extends Side>(channel: Channel): OpenedLink<Near, Far> {
  const waiting = new Map<number, Waiting>()
  let last = 0
  let underWay = 0
  let gone: string | null = null

  function close(why: string): void {
    if (gone !== null) return
    gone = why
    for (const { reject } of waiting.values()) reject(new LinkError(why))
    waiting.clear()
  }

  function send(message: readonly unknown[], handle?: Socket): void {
    if (gone === null) channel.send(message, handle)
  }

  function serve({ calls, words, parse, parseAnswer = takenAsIs, mostCalls, onFault }: LinkOptions<Near>): void {
    function fault(why: string): void {
      if (gone !== null) return
      close(why)
      onFault(why)
    }

    async function answer(number: number, name: string, body: unknown): Promise<void> {
      underWay++
      try {
        // The table's own type says what it takes, and `parse` has seen to that.
        const call = calls[name] as (ask: unknown) => unknown
        send([answered, number, await call(body)])
      } catch (error) {
        send([failed, number, error instanceof Error ? error.message : String(error)])
      } finally {
        underWay--
      }
    }

    function hearCall([, number, name, body]: readonly unknown[]): void {
      if (typeof number !== 'number' || typeof name !== 'string' || !Object.hasOwn(calls, name))
        return fault(`call ${shown(name)}: expected one of the table`)
      if (underWay >= mostCalls) return fault(`calls: expected at most ${mostCalls} at a time`)
      const read = parse(name, body)
      if ('fault' in read) return fault(`call \`${name}\`: ${read.fault}`)
      void answer(number, name, read.value)
    }

    function hearAnswer([kind, number, body]: readonly unknown[]): void {
      const one = typeof number === 'number' ? waiting.get(number) : undefined
      if (one === undefined || typeof number !== 'number') return fault('answer: nothing was asked')
      waiting.delete(number)
      if (kind === failed) return one.reject(new LinkError(typeof body === 'string' ? body : 'it failed'))
      const read = parseAnswer(one.name, body)
      if ('value' in read) return one.resolve(read.value)
      const why = `answer to \`${one.name}\`: ${read.fault}`
      one.reject(new LinkError(why))
      fault(why)
    }

    function hearWord([, name, body]: readonly unknown[], handle: unknown): void {
      if (typeof name !== 'string' || !Object.hasOwn(words, name))
        return fault(`word ${shown(name)}: expected one of the table`)
      const read = parse(name, body)
      if ('fault' in read) return fault(`word \`${name}\`: ${read.fault}`)
      const hear = words[name] as (word: unknown, handle: unknown) => void
      try {
        hear(read.value, handle)
      } catch (error) {
        fault(`word \`${name}\`: ${error instanceof Error ? error.message : String(error)}`)
      }
    }

    channel.onMessage((message, handle) => {
      if (gone !== null) return
      if (!Array.isArray(message)) return fault('message: expected an array')
      switch (message[0]) {
        case asked:
          return hearCall(message)
        case answered:
        case failed:
          return hearAnswer(message)
        case said:
          return hearWord(message, handle)
        default:
          return fault('message: expected a call, an answer or a word')
      }
    })
  }

  return {
    serve,
    link: {
      call: (name, ask) =>
        new Promise<never>((resolve, reject) => {
          if (gone !== null) return reject(new LinkError(gone))
          const number = ++last
          waiting.set(number, { name, resolve: resolve as (value: unknown) => void, reject })
          send([asked, number, name, ask])
        }),
      tell: (name, word, handle) => send([said, name, word], handle),
      close,
    },
  }
}

/** What stands where a name should: it may be anything, also what no text can be made of. */
function shown(name: unknown): string {
  return typeof name === 'string' ? `\`${name.slice(0, 40)}\`` : `of type ${typeof name}`
}
