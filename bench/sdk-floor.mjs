// The one-shot floor of someone who takes the SDK as its README shows it: the unbundled default import, and nothing else.
import Anthropic from '@anthropic-ai/sdk'

let content = ''
for await (const chunk of process.stdin) content += chunk
const client = new Anthropic()
const stream = await client.messages.create({
  model: 'claude-sonnet-5-5',
  max_tokens: 64000,
  stream: true,
  messages: [{ role: 'user', content }],
})
for await (const event of stream) {
  if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') process.stdout.write(event.delta.text)
}
process.stdout.write('\n', () => process.exit(0))
