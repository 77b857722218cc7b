/** What goes along with a question: images, PDFs and texts, as they are sent. Their bytes lie elsewhere, by their hash. */

/** Something that goes with a question, as it is sent. Plain data: the bytes lie on the shelf, by their hash. */
export interface Attachment {
  /** sha256, hex, of the bytes as they are sent. */
  readonly hash: string
  readonly kind: 'image' | 'pdf' | 'text'
  /** File name for people and for the document's title, sanitised. */
  readonly name: string
  /** image/png, image/jpeg, image/webp, image/gif, application/pdf or text/plain. */
  readonly mediaType: string
  /** As sent, before base64. */
  readonly bytes: number
  readonly image?: AttachedImage
  /** Of a PDF. */
  readonly pages?: number
  /** Of a text. */
  readonly chars?: number
  /** What was done that a user should know: "first of 12 frames", "cut to its head". */
  readonly notes?: readonly string[]
}

/** Pixels as sent; pixels and bytes of the original. */
export interface AttachedImage {
  readonly width: number
  readonly height: number
  readonly from: {
    readonly width: number
    readonly height: number
    readonly bytes: number
    readonly mediaType: string
  }
}
