import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { timed, timingFormat } from '../../../src/core/scripting/timing-format.ts'

const FIELDS = { ttft_ms: 812.3456789, cost_usd: 0.00004231, model: 'm', thinking: null }
const shown = (text: string) => {
  const format = timingFormat(text, Object.keys(FIELDS))
  return 'problem' in format ? format.problem : timed(format, FIELDS)
}

describe('figures in a form of one’s own', () => {
  test('stand where their names do; what nobody knows is a dash', () => {
    expect(shown('%{ttft_ms}=%{ttft} ms\\t$%{cost} 100%% %{model} %{thinking}\\n')).toBe(
      '812.345679=812.345679 ms\t$0.000042 100% m -\n',
    )
  })

  test('that are unknown are refused with those there are, and the nearest', () => {
    expect(shown('%{nope}')).toMatch(/^--timing knows no %\{nope\}\. It takes %\{ttft_ms\}, %\{cost_usd\}, /)
  })

  test('leave every other text as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const plain = text.replace(/[%\\]/g, '')
        expect(shown(plain)).toBe(plain)
        expect(shown(text.replaceAll('\\', '\\\\').replaceAll('%', '%%'))).toBe(text)
      }),
    )
  })
})
