/** What an older Node calls experimental on stderr, in the middle of whatever is on the screen. */

/** Does it without that word. @param about what the warning names */
export function unwarned<T>(about: string, deed: () => T): T {
  const { emitWarning } = process
  const restore = () => {
    process.emitWarning = emitWarning
  }
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!String(warning).includes(about)) emitWarning.call(process, warning, ...rest)
  }) as typeof emitWarning
  let result: T
  try {
    result = deed()
  } catch (error) {
    restore()
    throw error
  }
  if (result instanceof Promise) return result.finally(restore) as T
  restore()
  return result
}
