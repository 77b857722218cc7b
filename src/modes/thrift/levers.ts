/** `/lever`: what the levers are, and what pulling one does. */

import type { Choices } from '../../core/conversation/choices.ts'
import { sayCacheChange } from '../../core/models/levers/cost.ts'
import { leverReport, leverValue } from '../../core/models/levers/report.ts'
import { LEVER_NAMES, LEVERS, type LeverName, leverTyped, pulled, sayUnsent } from '../../core/models/levers.ts'
import { type PresetKey, presetsWith } from '../../core/models/presets.ts'
import { variableOf } from '../../core/settings.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

export function leverKeeper({ setup, runtime, now }: ThriftParts): Keeper {
  const origin = (name: LeverName): string => {
    const { state, origin: layers, preset, replay } = setup()
    const { choices } = runtime.state
    if (leverValue(name, choices) !== leverValue(name, state.choices)) return 'this conversation'
    if (replay) return 'recording'
    const key = LEVERS[name]
    if (key === null) return choices.prefill == null ? 'default' : 'flag --prefill'
    if (layers[key] === 'environment') return `environment (${variableOf(key, process.env)})`
    const isPreset = layers[key] === 'flag' && preset?.[key as PresetKey] !== undefined
    return isPreset ? `preset ${preset!.name}` : layers[key] === 'file' ? 'settings' : layers[key]
  }

  return {
    commands: {
      lever(argument, tell) {
        const { state } = runtime
        const { presets } = setup().settings
        if (argument === '') return tell(leverReport(state, presets, origin))
        const typed = leverTyped(argument)
        if (typeof typed === 'string') return tell(typed)
        const { name, value } = typed
        if (value === '') {
          return tell(name === 'preset' ? presetLines(presets) : leverReport(state, presets, origin, [name]))
        }
        const change = pulled(state, name, value, presets)
        if (typeof change === 'string') return tell(change)
        const cache = sayCacheChange(state, change, now())
        runtime.dispatch({ type: 'chosen', choices: change })
        const { choices } = runtime.state
        const changed = LEVER_NAMES.filter((one) => keyOf(one) !== null && keyOf(one)! in change)
        const values = changed.map((one) => `${one} ${leverValue(one, choices)}`).join(', ')
        tell(
          [
            `From the next message on: ${values}.`,
            cache,
            'model' in change ? sayUnsent(runtime.state) : '',
            lasting(name, leverValue(name, choices), value, presets),
          ]
            .filter((line) => line !== '')
            .join(' '),
        )
      },
    },
  }
}

const keyOf = (name: LeverName) => (name === 'prefill' ? 'prefill' : LEVERS[name])

/** How it is made to last. */
function lasting(name: LeverName, value: string, typed: string, rows: Parameters<typeof presetsWith>[0]): string {
  if (name === 'prefill') return ''
  if (name !== 'preset') return `For every conversation: claude-tui config set ${LEVERS[name]} ${value}.`
  const preset = presetsWith(rows).find((one) => one.name === typed)
  return `${preset ? `Why: ${preset.reason}. ` : ''}From the start: claude-tui --preset ${typed}.`
}

const presetLines = (rows: Parameters<typeof presetsWith>[0]) => [
  {
    list: presetsWith(rows).map(({ name, tells, reason, ...choices }) => {
      const values = LEVER_NAMES.flatMap((lever) => {
        const key = keyOf(lever)
        return key !== null && key in choices ? [`${lever} ${leverValue(lever, choices as Choices)}`] : []
      })
      return [name, `${tells}: ${values.join(', ')}. ${reason[0]!.toUpperCase()}${reason.slice(1)}.`] as const
    }),
  },
  '',
  'Choose with /lever preset NAME. The setting presets lays rows of your own over them.',
]
