/** The product half of `npm run evaluate:vision`: the committed networks on the pictures of val. */
import { readFileSync } from 'node:fs'
import { softmax } from '../../../edge/inference/product-likelihoods.ts'
import { productViews } from '../../../edge/inference/product-picture.ts'
import { featuresOf, openProductClassifier, type ProductClassifier } from '../../../edge/inference/products.ts'
import { seeded } from '../../../edge/tracking/testing.ts'
import { alikeOf } from './alike.ts'
import { enrolmentAnswers, type Seen, spread } from './enrolment.ts'
import { type LabelledPicture, labelledPictures } from './grocery-store.ts'
import { type Honesty, honestyOf } from './honesty.ts'
import { type Answer, amongst, calibrationError, isAmongFirst, type Share, share } from './measures.ts'

interface Shelf {
  readonly candidates: number
  readonly right: Share
  readonly calibrationError: number
}

export interface ProductScores {
  readonly top1: Share
  readonly top5: Share
  readonly calibrationError: number
  readonly honesty: Honesty
  /** Alike candidates, the truth among them. */
  readonly shelves: readonly Shelf[]
  /** Classes of which the network never saw a picture, enrolled from so many, as were the alike ones beside them. */
  readonly enrolment: readonly (Shelf & { readonly pictures: number })[]
  /** Of the network's step alone, on one thread. */
  readonly medianLookMs: number
}

const shelfSizes = [2, 3, 5, 8]
const enrolmentSizes = [1, 5, 10]
/** To draw from; the smallest class has 16. */
const picturesOfClass = 15

/** What the network says of each picture of val. */
export interface SeenVal {
  readonly answers: readonly Answer[]
  readonly looksMs: readonly number[]
  /** Coarse class by class. */
  readonly kinds: readonly string[]
}

export async function lookAtVal(): Promise<SeenVal> {
  const classifier = await openProductClassifier()
  const seen = await answersOf(classifier, labelledPictures('val'))
  await classifier.release()
  return { ...seen, kinds: classifier.manifest.classes.map(({ kind }) => kind) }
}

export async function scoreProducts({ answers, looksMs, kinds }: SeenVal): Promise<ProductScores> {
  const alike = alikeOf(kinds, answers)
  return {
    top1: share(answers.map((answer) => isAmongFirst(answer, 1))),
    top5: share(answers.map((answer) => isAmongFirst(answer, 5))),
    calibrationError: calibrationError(answers),
    honesty: honestyOf(answers, seeded(1)),
    shelves: shelfSizes.map((candidates) => {
      const near = answers.map((answer) =>
        amongst(answer, [answer.truth, ...(alike[answer.truth] ?? []).slice(0, candidates - 1)]),
      )
      return { candidates, ...rightAndHonest(near) }
    }),
    enrolment: await scoreEnrolment(alike),
    medianLookMs: [...looksMs].sort((a, b) => a - b)[Math.floor(looksMs.length / 2)] ?? 0,
  }
}

function rightAndHonest(answers: readonly Answer[]) {
  return { right: share(answers.map((answer) => isAmongFirst(answer, 1))), calibrationError: calibrationError(answers) }
}

async function answersOf({ manifest, look }: ProductClassifier, pictures: readonly LabelledPicture[]) {
  const answers: Answer[] = []
  const looksMs: number[] = []
  for (const { file, classId } of pictures) {
    const views = await productViews({ kind: 'jpeg', bytes: readFileSync(file) }, manifest.sidePixels)
    const began = performance.now()
    const { logits } = await look(views)
    looksMs.push(performance.now() - began)
    answers.push({ probabilities: softmax(logits, manifest.temperature), truth: classId })
  }
  return { answers, looksMs }
}

/** Enrolled from pictures of train and judged on those of val, which were taken elsewhere. */
async function scoreEnrolment(alike: readonly (readonly number[])[]) {
  const classifier = await openProductClassifier('enrolment-check')
  const { leftOut, classes, similarityTemperature: temperature } = classifier.manifest
  const train = labelledPictures('train')
  const pictures = await seen(
    classifier,
    classes.flatMap(({ id }) =>
      spread(
        train.filter(({ classId }) => classId === id),
        picturesOfClass,
      ),
    ),
  )
  const judged = await seen(
    classifier,
    labelledPictures('val').filter(({ classId }) => leftOut.includes(classId)),
  )
  await classifier.release()
  return shelfSizes.flatMap((candidates) => {
    const shelves = new Map(leftOut.map((id) => [id, [id, ...(alike[id] ?? []).slice(0, candidates - 1)]] as const))
    return enrolmentSizes.map((count) => {
      const answers = enrolmentAnswers(shelves, pictures, judged, { count, temperature })
      return { candidates, pictures: count, ...rightAndHonest(answers) }
    })
  })
}

async function seen(classifier: ProductClassifier, pictures: readonly LabelledPicture[]): Promise<Seen[]> {
  const found: Seen[] = []
  for (const { file, classId } of pictures) {
    const features = await featuresOf(classifier, { kind: 'jpeg', bytes: readFileSync(file) })
    found.push({ features, classId })
  }
  return found
}
