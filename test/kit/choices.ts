/** What a conversation begins with, where a test does not care. */

import type { Choices } from '../../src/core/conversation/choices.ts'

export const CHOICES: Choices = {
  model: 'balanced',
  effort: null,
  system: null,
  maxTokens: null,
  thinking: 'summarised',
  features: 'full',
  stream: true,
  summariseAt: 0.8,
  kind: 'chat',
}
