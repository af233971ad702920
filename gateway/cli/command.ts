// The shape every command has: a name, a help text with examples, `--json`, and a run that answers or fails. Option
// parsing is commander's, which has its home in this folder; what a command does is in commands/.

import { type Command, InvalidArgumentError } from 'commander'
import { parseDuration, parseInstant, type Parsed } from './duration.ts'
import { exitCodes } from './failure.ts'
import { openOutput, showFailure, type Output, type Streams } from './output.ts'

export interface Context {
  readonly output: Output
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface CommandSpec<Options> {
  /** Name and arguments, as `deny <id>`. */
  readonly name: string
  /** One line in the list of a group's commands; the list of all is in main.ts. */
  readonly summary?: string
  /** What it does, whom it asks, what it leaves behind. */
  readonly about: string
  /** Command lines a person can copy, without the leading `sallyport `. */
  readonly examples: readonly string[]
  readonly options?: (command: Command) => Command
  /** Exit codes that mean something of their own here. */
  readonly exits?: readonly string[]
  readonly run: (context: Context, options: Options, args: readonly string[]) => Promise<number | void>
}

/** One command line being run: where it writes, what surrounds it, and the exit code that `main` will give. */
export interface Invocation {
  readonly streams: Streams
  readonly env: Context['env']
  code: number
}

const usual = ['0  done', '1  refused or failed', '2  the command line is wrong, nothing was tried']

/** Adds a command that does something. Returned, so that it can have commands of its own beside. */
export function addCommand<Options extends object>(
  parent: Command,
  invocation: Invocation,
  spec: CommandSpec<Options>,
): Command {
  const command = parent.command(spec.name)
  // Lines are wrapped to the terminal by commander; only an empty line is a break that was meant.
  command.summary(spec.summary ?? '').description(spec.about.replace(/(?<!\n)\n(?!\n)/g, ' '))
  spec.options?.(command)
  command.option('--json', 'answer with one JSON document on standard output')
  const sections = [
    ['Examples', spec.examples.map((line) => `$ sallyport ${line}`)],
    ['Exit codes', spec.exits ?? usual],
  ] as const
  for (const [title, lines] of sections) {
    command.addHelpText('after', `\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`)
  }
  command.action(async () => {
    // An option that the command it stands under knows too, such as `--json`, is read by that one.
    const options = command.optsWithGlobals<Options & { json?: true }>()
    const output = openOutput(options.json === true, invocation.streams)
    try {
      invocation.code = (await spec.run({ output, env: invocation.env }, options, command.args)) ?? exitCodes.ok
    } catch (thrown) {
      invocation.code = await showFailure(thrown, output)
    }
  })
  return command
}

/** Adds a word that holds commands, as `user` holds `user add`. */
export function addGroup(parent: Command, name: string, summary: string): Command {
  return parent
    .command(name)
    .summary(summary)
    .description(`${summary[0]?.toUpperCase() ?? ''}${summary.slice(1)}.`)
}

function orRefuse<T>(parsed: Parsed<T>): T {
  if (parsed.kind === 'malformed') throw new InvalidArgumentError(parsed.reason)
  return parsed.value
}

/** Reads an option's value as a duration, in ms. */
export const asDuration = (text: string): number => orRefuse(parseDuration(text))

/** Reads an option's value as an instant, ms since the epoch. */
export const asInstant = (text: string): number => orRefuse(parseInstant(text, Date.now()))

/** Reads an option's value as a number in a range. */
export function asNumber(minimum: number, maximum: number, whole: boolean): (text: string) => number {
  return (text) => {
    const value = /^[0-9]{1,12}(?:\.[0-9]{1,6})?$/.test(text) ? Number(text) : Number.NaN
    if (Number.isNaN(value) || value < minimum || value > maximum || (whole && !Number.isInteger(value))) {
      throw new InvalidArgumentError(`expected a ${whole ? 'whole ' : ''}number from ${minimum} to ${maximum}`)
    }
    return value
  }
}

/** Reads `a,b` as two words; given twice, it adds up. */
export function asWords(text: string, before: readonly string[] = []): readonly string[] {
  const words = text.split(',').map((word) => word.trim())
  if (words.includes('')) throw new InvalidArgumentError('expected words with commas between them')
  return [...before, ...words]
}

/** Collects an option that may be given again. */
export function asList(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}
