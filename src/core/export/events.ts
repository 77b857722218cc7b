/** The history's own export: a head, then one event a line, times in milliseconds since 1970. Nothing is left out. */

/** First line of a conversation in a file of events. `format` changes when older programs could not read it. */
export const EVENTS_HEAD = { type: 'conversation', format: 1 } as const
