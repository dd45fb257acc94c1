/**
 * How long each kind of data that is about people is kept, and why: the one table that the jobs of both sides go by, and
 * that docs/privacy.md shows. A shorter period is always allowed; a longer one needs a reason here.
 */

export const dayMs = 86_400_000

export interface Retention {
  /** What it is, in words. */
  readonly what: string
  readonly where: string
  /** Days; null: not by time, as `why` says. */
  readonly days: number | null
  readonly why: string
}

export const storeRetention = {
  observations: {
    what: 'who was where at a shelf, as pseudonyms, with the account of who scanned a code',
    where: "the store's journal",
    days: 7,
    why: 'a wrong bill is looked into within a week; carts of now are in the snapshot and not in them',
  },
  events: {
    what: 'what was taken and put back, by pseudonyms',
    where: "the store's journal",
    days: 30,
    why: 'to answer a shopper about the last bill, which comes at the latest a month later, on a card statement',
  },
  bills: {
    what: 'delivered bills',
    where: "the store's journal",
    days: 30,
    why: 'the account service has them; here they are for the same questions. One not delivered stays until it is',
  },
  evidence: {
    what: 'weights and where people stood, of a bill in review that nobody has decided',
    where: "the store's journal",
    days: 14,
    why: 'reviews are decided in days; after two weeks nobody remembers more than the receipts say. Gone at the decision',
  },
  reviews: {
    what: 'decided reviews: the receipts that competed, and who decided',
    where: "the store's journal",
    days: 90,
    why: 'card payments can be disputed for some 120 days, most are within 90; to see whether reviewers decide alike',
  },
  lateCases: {
    what: 'closed cases of what shelves said too late: who stood near by pseudonym, and who closed them',
    where: "the store's journal",
    days: 90,
    why: 'as decided reviews; whose a bill is, the bill says as long as it is kept',
  },
  usedCodes: {
    what: 'when which phone opened a gate, and whose it is',
    where: "the store's entry-codes.db",
    days: 7,
    why: 'a code lives for a minute and a half; the rest is against a clock that is set back',
  },
  logs: {
    what: 'logs, with ids of accounts and devices',
    where: "the store's folder logs",
    days: 14,
    why: 'a fault is looked into within two weeks',
  },
} as const satisfies Readonly<Record<string, Retention>>

export const serviceRetention = {
  receipts: {
    what: 'whose a bill was',
    where: "the account service's database",
    days: 3653,
    why: 'tax law wants receipts for up to ten years (of Italy, art. 2220 of the civil code); then the name goes, the sums stay',
  },
  reviewBodies: {
    what: 'what a bill said while it was in review',
    where: "the account service's database",
    days: 90,
    why: 'as decided reviews in the store',
  },
  attempts: {
    what: "the provider's token that a payment was tried with",
    where: "the account service's database",
    days: 540,
    why: 'card schemes let a payment be disputed for at most 540 days',
  },
  sessions: {
    what: 'which browsers were signed in, when and from which network address',
    where: "the account service's database",
    days: 180,
    why: 'as long as a sign-in lasts; gone when it is ended',
  },
  closures: {
    what: 'an account that is to be erased: name, e-mail address, way to pay',
    where: "the account service's database",
    days: 1,
    why: 'a bill of a visit from before comes later, of a store without network a day later; longer only while one is not settled',
  },
  erasures: {
    what: 'the ids of erased accounts',
    where: "the account service's database",
    days: 90,
    why: 'stores that were away learn it, and their late bills are taken; they keep nothing for longer than this',
  },
} as const satisfies Readonly<Record<string, Retention>>

/** What is kept for as long as something else is. */
export const otherRetention = {
  pictures: {
    what: 'pictures of cameras',
    where: 'memory of the gateway',
    days: 0,
    why: 'the newest of each camera alone; none is written to a disk or sent on',
  },
  signIns: {
    what: 'digests of codes, links and questions of a sign-in, with the e-mail address of a code',
    where: "the account service's database",
    days: null,
    why: 'an hour, a link a day, and up to a day until the next time that it is looked for',
  },
  audit: {
    what: 'who (an id) signed in, changed or was refused something, when and from which network address',
    where: 'the databases of store and account service',
    days: 400,
    why: 'a year can be compared with the one before; it must be there when somebody else had an account erased',
  },
  spool: {
    what: 'messages of devices',
    where: "the store's spool",
    days: null,
    why: 'until the journal holds them, a minute; an hour at most while the journal cannot be written',
  },
  carts: {
    what: 'carts and places of those who are inside',
    where: "the store's snapshot",
    days: null,
    why: 'until they have left and are billed',
  },
  stays: {
    what: 'where visitors stood, and when, by pseudonym, and which bill was theirs',
    where: "the store's snapshot",
    days: 1,
    why: 'of some hundred visits, since a shelf that was cut off may say later that it changed',
  },
  accountCopies: {
    what: 'ids, public keys of phones, card codes',
    where: "the store's copy of the accounts",
    days: null,
    why: 'as long as the account is; the copy is written anew at each change',
  },
  accounts: {
    what: 'name, e-mail address, phones, passkeys, way to pay (a token of the provider)',
    where: "the account service's database",
    days: null,
    why: 'until the shopper has the account erased',
  },
  mails: {
    what: 'that a mail was sent about a bill, without its address and text',
    where: "the account service's database",
    days: null,
    why: 'as the bill; so that nobody is told twice',
  },
  books: {
    what: 'amounts, tax and states of bills, without names',
    where: "the account service's database",
    days: null,
    why: 'books are only ever added to',
  },
} as const satisfies Readonly<Record<string, Retention>>

/** `now` less the period, milliseconds since the epoch. */
export function before<Kind extends string>(
  table: Readonly<Record<Kind, { readonly days: number }>>,
  now: number,
): Readonly<Record<Kind, number>> {
  const limits = Object.entries<{ readonly days: number }>(table).map(([kind, { days }]) => [kind, now - days * dayMs])
  return Object.fromEntries(limits) as Readonly<Record<Kind, number>>
}
