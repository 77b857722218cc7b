/** The least that a client of Node's own can measure: one request after the other, ms to the first delta of text each. */

import { Agent, request } from 'node:http'

const [, , url, runs] = process.argv
const agent = new Agent({ keepAlive: true })
const body = JSON.stringify({
  ...{ model: 'claude-haiku-5-5', max_tokens: 64_000, stream: true },
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Count.' }] }],
})
const headers = { 'content-type': 'application/json', 'x-api-key': 'key', 'anthropic-version': '2026-10-21' }

const ttft = () =>
  new Promise((resolve, reject) => {
    const sentAt = performance.now()
    let firstAt = null
    const asked = request(`${url}/v1/messages`, { method: 'POST', agent, headers }, (response) => {
      response.on('data', (chunk) => {
        if (firstAt === null && chunk.includes('text_delta')) firstAt = performance.now()
      })
      response.on('end', () => resolve(firstAt - sentAt))
    })
    asked.on('error', reject)
    asked.end(body)
  })

await ttft()
const times = []
for (let i = 0; i < Number(runs); i++) times.push(await ttft())
process.stdout.write(JSON.stringify(times))
agent.destroy()
