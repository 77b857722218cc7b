import { openHistory } from '../src/io/history.ts'
import { fill } from './history-fill.ts'
import { zipfText } from './zipf-text.ts'
import { mkdirSync } from 'node:fs'
mkdirSync('/tmp/st100k',{recursive:true})
const t=performance.now()
const history = await openHistory('/tmp/st100k/history.db')
fill(history, zipfText(42), { answers: 100_000, words: 12, longest: 5_000, models: ['claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-opus-5-5'] })
history.close(); console.log('filled', performance.now()-t)
