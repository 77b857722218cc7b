// The floor: the least a chat client can be. Bare node:http, a line of the cooked tty in, deltas straight to stdout.
// `-p` reads stdin, answers once and ends. No colours, no checks, no figures: what is slower than this is ours to explain.
import { Agent, request } from 'node:http'

const agent = new Agent({ keepAlive: true })
const headers = {
  'content-type': 'application/json',
  'x-api-key': process.env.ANTHROPIC_API_KEY,
  'anthropic-version': '2026-10-21',
}
const messages = []

/** Writes the deltas of one answer as they come; resolves with its text. */
function answer(question) {
  messages.push({ role: 'user', content: question })
  return new Promise((resolve, reject) => {
    const call = request(
      `${process.env.ANTHROPIC_BASE_URL}/v1/messages`,
      { method: 'POST', headers, agent },
      (response) => {
        let rest = ''
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk) => {
          const lines = (rest + chunk).split('\n')
          rest = lines.pop()
          let news = ''
          for (const line of lines) {
            if (!line.startsWith('data: ')) continue
            const event = JSON.parse(line.slice(6))
            if (event.delta?.type === 'text_delta') news += event.delta.text
          }
          if (news === '') return
          process.stdout.write(news)
          text += news
        })
        response.on('end', () =>
          response.statusCode === 200 ? resolve(text) : reject(new Error(`HTTP ${response.statusCode}`)),
        )
        response.on('error', reject)
      },
    )
    call.on('error', reject)
    call.end(JSON.stringify({ model: 'claude-sonnet-5-5', max_tokens: 64000, stream: true, messages }))
  })
}

if (process.argv.includes('-p')) {
  let question = ''
  for await (const chunk of process.stdin) question += chunk
  await answer(question)
  process.stdout.write('\n', () => process.exit(0))
} else {
  process.stdout.write('› ')
  let line = ''
  for await (const chunk of process.stdin) {
    line += chunk
    if (!line.endsWith('\n')) continue
    const question = line.trim()
    line = ''
    messages.push({ role: 'assistant', content: await answer(question) })
    process.stdout.write('\n› ')
  }
}
