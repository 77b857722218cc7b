/**
 * Which of the older encodings a text is in, that says nowhere which: by what its bytes would mean in each. A guess, and
 * its reader is told; where nothing fits well enough there is none.
 */

/** As the standard of encodings spells the label, and as people know it. */
interface Candidate {
  readonly label: string
  readonly name: string
  /** Characters that a text in it is mostly made of, where it leaves ASCII. */
  readonly usual: RegExp
}

type Found = Pick<Candidate, 'label' | 'name'>

/** Characters of several bytes. Their order decides where two fit equally well. */
const WIDE: readonly Candidate[] = [
  // Hardly a Japanese text is without kana; half-width ones are what other encodings look like in this one.
  { label: 'shift_jis', name: 'Shift_JIS', usual: /[ぁ-ヿ、。「」・ー]/g },
  { label: 'euc-jp', name: 'EUC-JP', usual: /[ぁ-ヿ、。「」・ー]/g },
  {
    label: 'euc-kr',
    name: 'EUC-KR',
    usual:
      /[이다는을의에가고하지로한은도를기사서어리나시자인대그정해아수있일보스여전부주으라장제들구게상원와조세비마과안동만요면것등우오때니까없너내저말신문국년월습입합했었였된될할값번째더위건성화용파]/g,
  },
  {
    label: 'gb18030',
    name: 'GB18030',
    usual:
      /[的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运，。、：；？！“”（）]/g,
  },
  {
    label: 'big5',
    name: 'Big5',
    usual:
      /[的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應向頭文體相見被什二等產或新己制身果加月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走，。、：；？！「」（）]/g,
  },
]
/** Of the characters beyond ASCII so many are usual ones, at least. */
const LEAST_USUAL = 0.3

/** Alphabets of their own: words of theirs leave ASCII altogether. */
const ALPHABETS: readonly Candidate[] = [
  { label: 'windows-1251', name: 'Windows-1251', usual: /[оеаинтсрвлкмдпу]/g },
  { label: 'koi8-r', name: 'KOI8-R', usual: /[оеаинтсрвлкмдпу]/g },
  { label: 'iso-8859-5', name: 'ISO-8859-5', usual: /[оеаинтсрвлкмдпу]/g },
  { label: 'windows-1253', name: 'Windows-1253', usual: /[αοιετνσρκπυλμάόίέή]/g },
]
const LEAST_OF_ALPHABET = 0.55

/** Latin letters with signs: what stands within a word is a letter. Their order decides where two fit equally well. */
const LATIN: readonly Omit<Candidate, 'usual'>[] = [
  { label: 'windows-1252', name: 'Windows-1252' },
  { label: 'windows-1250', name: 'Windows-1250' },
  { label: 'iso-8859-2', name: 'ISO-8859-2' },
]
/** Share of bytes beyond ASCII above which it is no language of Latin letters. */
const MOST_BEYOND_ASCII = 0.25
/** What no text holds, and the place of a character that there is not. */
const ODD = /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]/
/**
 * A sign within a word, or at its beginning, is a letter of another encoding: `za¿ó³æ`, `¶wiat`. So are four in a
 * row, and a capital behind a small one.
 */
const NO_WORD = /\p{L}[¡-©¬-³¶¸¹¼-¿]\p{L}|(?<![\p{L}\p{N}])[±³¶¹]\p{Ll}|[À-ÖØ-öø-ÿ]{4}|(?![a-z])\p{Ll}(?![A-Z])\p{Lu}/u

export interface Guessed {
  readonly text: string
  readonly encoding: string
}

/** @param bytes of a text that is no UTF-8. null: nothing that is known here fits it. */
export function guessEncoding(bytes: Uint8Array): Guessed | null {
  const first = bytes.findIndex((byte) => byte >= 0x80)
  const sample = bytes.subarray(Math.max(0, first - 1000), first + SAMPLE)
  const found = best(sample, WIDE, LEAST_USUAL) ?? best(sample, ALPHABETS, LEAST_OF_ALPHABET) ?? latin(sample)
  const text = found && decoded(bytes, found.label)
  return text === null || text.includes('\0') ? null : { text, encoding: found!.name }
}
/** Bytes from the first beyond ASCII on that tell enough. */
const SAMPLE = 200_000

/** The one with the largest share of usual characters, where that is large enough. */
function best(sample: Uint8Array, candidates: readonly Candidate[], least: number): Found | null {
  let found: { readonly candidate: Candidate; readonly share: number } | null = null
  for (const candidate of candidates) {
    const text = decoded(sample, candidate.label, true)
    if (text === null || ODD.test(text) || MIXED.test(text)) continue
    const usual = count(text, candidate.usual)
    const share = usual / Math.max(1, count(text, BEYOND_ASCII))
    if (usual >= LEAST_TELLING && share >= least && share > (found?.share ?? 0)) found = { candidate, share }
  }
  return found?.candidate ?? null
}
/** A single character is chance. */
const LEAST_TELLING = 2
/** No word has letters of two alphabets: `Grόίe`. */
const MIXED = /[A-Za-z][\u0370-\u04ff]|[\u0370-\u04ff][A-Za-z]/
const BEYOND_ASCII = /[^\0-\x7f]/gu

function latin(sample: Uint8Array): Found | null {
  const beyond = sample.reduce((sum, byte) => sum + (byte < 0x80 ? 0 : 1), 0)
  if (beyond > sample.length * MOST_BEYOND_ASCII) return null
  const fits = (text: string | null) => text !== null && !ODD.test(text) && !NO_WORD.test(text)
  return LATIN.find(({ label }) => fits(decoded(sample, label, true))) ?? null
}

const count = (text: string, of: RegExp) => text.match(of)?.length ?? 0

/** @param isPart it may end in the middle of a character */
export function decoded(bytes: Uint8Array, label: string, isPart = false): string | null {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes, { stream: isPart })
  } catch {
    return null
  }
}
