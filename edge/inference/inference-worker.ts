/** The thread in which networks run, so that the loop that serves sensors never waits for them. */
import { NetworkError } from '../../models/networks/network-error.ts'
import { type Look, openPersonDetector, type PersonDetector } from './person-detector.ts'
import { type Picture, PictureError } from './picture.ts'

/** What came of looking at a picture; both refusals are in words for a person. */
export type Seen =
  | ({ readonly kind: 'seen' } & Look)
  /** Damaged, cut off or too large: the next one may be good. */
  | { readonly kind: 'bad-picture'; readonly why: string }
  /** Missing or altered: no picture can be looked at until the installation is mended. */
  | { readonly kind: 'no-network'; readonly why: string }

let opening: Promise<PersonDetector> | null = null

/** Opens the network at the first picture and keeps it, or what was wrong with it. */
export default async function look(picture: Picture): Promise<Seen> {
  try {
    opening ??= openPersonDetector()
    return { kind: 'seen', ...(await (await opening).look(picture)) }
  } catch (error) {
    if (error instanceof PictureError) return { kind: 'bad-picture', why: error.message }
    if (error instanceof NetworkError) return { kind: 'no-network', why: error.message }
    throw error
  }
}
