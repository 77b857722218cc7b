/** The built client with a demo server of the test's own behind it: what most whole plays begin with. */

import { type Demo, type DemoOptions, startDemo } from '../../src/demo/server.ts'
import type { Environment } from './lodging.ts'
import { type PipeOptions, type PipeResult, runPipe } from './pipe.ts'
import { openPty, type PtyOptions, type PtySession } from './pty.ts'

export interface Evening extends AsyncDisposable {
  readonly demo: Demo
  /** Bodies of the questions that arrived, oldest first. */
  readonly questions: readonly { readonly model: string; readonly messages: readonly { readonly role: string }[] }[]
  /** One call in a pipeline against this server. */
  pipe(options?: PipeOptions): Promise<PipeResult>
  /** A chat against this server, its prompt already visible. Ends with the evening. */
  chat(options?: PtyOptions & { readonly prompt?: string }): Promise<PtySession>
}

/** Starts a demo server that waits for nothing, with `script`'s lines for its first requests. */
export async function evening(script = '', options: DemoOptions = {}): Promise<Evening> {
  const demo = await startDemo({ speed: Number.POSITIVE_INFINITY, script, ...options })
  const sessions: PtySession[] = []
  const env = (more: Environment = {}): Environment => ({
    ANTHROPIC_BASE_URL: demo.url,
    ANTHROPIC_API_KEY: 'test-key-of-a-play',
    CLAUDE_TUI_SERVER_FEATURES: 'full',
    ...more,
  })
  return {
    demo,
    get questions() {
      return demo.requests.filter(({ path }) => path === '/v1/messages').map(({ body }) => body as never)
    },
    pipe: (options = {}) => runPipe({ ...options, env: env(options.env) }),
    async chat({ prompt = '› ', ...options } = {}) {
      const session = openPty({ ...options, env: env(options.env) })
      sessions.push(session)
      await session.see(prompt)
      return session
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) await session.close()
      await demo.close()
    },
  }
}
