/** Answers held against a JSON Schema, by a maintained validator. Loaded when one is given. */

import { Ajv2020 } from 'ajv/dist/2020.js'

/** @returns why a text does not fit; null: it does. @throws Error when this is no schema */
export function fitOf(schema: string): (text: string) => string | null {
  const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false })
  const validate = ajv.compile(JSON.parse(schema))
  return (text) => {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return 'it is no JSON'
    }
    return validate(value) ? null : `it does not fit: ${ajv.errorsText(validate.errors, { dataVar: 'answer' })}`
  }
}
