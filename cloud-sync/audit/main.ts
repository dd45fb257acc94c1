/** `npm run audit -- --data data/accounts`: who did what, when and from where; while the service runs, too. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { type AuditEntry, createAuditLog } from '../people/audit-log.ts'
import { openSqlite } from '../sql.ts'

const wrongInput = 2
/** Of the account service, and of the gateway. */
const files = ['accounts.db', 'staff.db']

function parseCount(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new InvalidArgumentError(`found "${text}", wanted a number from 1 to 9999`)
}

const { data, last } = new Command('npm run audit --')
  .description('The audit log of a gateway or an account service, newest last.')
  .option('--data <dir>', 'its data folder', 'data/gateway')
  .option('--last <number>', 'how many entries, 1000 at most', parseCount, 100)
  .parse()
  .opts<{ data: string; last: number }>()

const path = files.map((file) => join(data, file)).find((file) => existsSync(file))
if (path === undefined) {
  console.error(`--data: found neither ${files.join(' nor ')} in ${data}`)
  process.exit(wrongInput)
}
const sql = openSqlite(path)
const entries = await createAuditLog(sql, Date.now).latest(last)
for (const entry of [...entries].reverse()) console.log(lineOf(entry))
if (entries.length === 0) console.error('Nothing stands in it yet.')
await sql.close()

function lineOf({ at, who, what, about, place, detail }: AuditEntry): string {
  return [new Date(at).toISOString(), who ?? '-', what, about ?? '-', place ?? '-', detail ?? '-'].map(plain).join('\t')
}

/** What strangers send cannot write to a terminal. */
function plain(text: string): string {
  return text.replaceAll(/[^\x20-\x7E\u00A0-\uFFFF]/g, '?')
}
