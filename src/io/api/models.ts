/** Which models a server offers, as rows for the catalogue. */

import type { ModelCard } from '../../core/models.ts'
import type { Desk } from './desk.ts'

/** Models asked for; a server that sends more is not listened to any longer. */
const MODELS_ASKED = 100
/** What can be typed and sent as an id; a server may name its models as it likes, within reason. */
const MODEL_ID = /^[!-~]{1,200}$/
/** What the window is called: by the API, by vLLM, by OpenRouter. The list of OpenAI's own shape has none. */
const WINDOW_FIELDS = ['max_input_tokens', 'max_model_len', 'context_length'] as const
/** UTF-16 units of a display name that are worth keeping. */
const LONGEST_NAME = 100

/** A row for the catalogue as `GET /v1/models` tells it; what a server does not tell is not in it. */
export type LearnedModel = Pick<ModelCard, 'id' | 'source'> &
  Partial<Pick<ModelCard, 'name' | 'window' | 'maxOutput' | 'retires'>>

/** Models the server offers; empty when it does not tell. Never rejects. */
export async function models({ connect, aside }: Desk, signal: AbortSignal): Promise<readonly LearnedModel[]> {
  try {
    const page = await (await connect()).models.list({ limit: MODELS_ASKED }, { signal, fetchOptions: aside as object })
    const learnt: LearnedModel[] = []
    for (const row of (page.data ?? []).slice(0, MODELS_ASKED) as unknown as readonly Partial<
      Record<string, unknown>
    >[]) {
      const { id, display_name: name, max_tokens: maxOutput, retires_at: retires } = row
      if (typeof id !== 'string' || !MODEL_ID.test(id)) continue
      const window = WINDOW_FIELDS.map((field) => row[field]).find((value) => typeof value === 'number')
      learnt.push({
        id,
        source: 'GET /v1/models',
        ...(typeof name === 'string' && name !== '' ? { name: name.slice(0, LONGEST_NAME) } : {}),
        ...(typeof window === 'number' ? { window } : {}),
        ...(typeof maxOutput === 'number' ? { maxOutput } : {}),
        ...(retires === null ? { retires } : typeof retires === 'string' ? { retires: retires.slice(0, 10) } : {}),
      })
    }
    return learnt
  } catch {
    return []
  }
}
