// The login inside a connection that came by ProxyJump. Who it is was settled by the login of the connection around it,
// to which nobody else can write; here it is only said once more, and nothing is asked for. Any other name is refused:
// it would be somebody else's, or look as if the target had been asked.

import type { AuthContext } from 'ssh2'

export interface JumpAddressee {
  /** Of the person who came in. */
  readonly login: string
  /** What the target calls them: clients that are told the account there say it here. Null: not theirs to know. */
  readonly account: string | null
  readonly asset: string
}

/** Wrong names one connection may say. */
const maxTries = 3

/**
 * One login dialogue.
 * @param onRefused told of a name that is nobody's here.
 * @param tooMany ends the connection.
 */
export function startJumpLogin(
  { login, account, asset }: JumpAddressee,
  onRefused: (user: string) => void,
  tooMany: () => void,
): (ctx: AuthContext) => void {
  let tries = 0
  const names = account === null ? `\`${login}\`` : `\`${login}\` or \`${account}\``
  const text = `you came by a jump: to ${asset} you are ${names}: write \`ssh -J ${login}@gateway ${login}@${asset}\``

  function refuse(ctx: AuthContext): void {
    tries++
    ctx.reject([])
    if (tries >= maxTries) tooMany()
  }

  return (ctx) => {
    const isTheirs = ctx.username === login || ctx.username === account
    switch (ctx.method) {
      case 'none':
        if (isTheirs) return ctx.accept()
        onRefused(ctx.username)
        // The one method that carries words (RFC 4256): they are shown, and nothing is asked.
        return ctx.reject(['keyboard-interactive'])
      case 'keyboard-interactive':
        if (isTheirs || tries > 0) return refuse(ctx)
        return ctx.prompt([], 'Sallyport', text, () => refuse(ctx))
      case 'password':
      case 'publickey':
      case 'hostbased':
        return refuse(ctx)
    }
  }
}
