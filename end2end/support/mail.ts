// Reads what the mail server of the journeys received.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { STATE } from './server'

export type Mail = {
  to: string[]; subject: string; text: string; html: string; messageId: string
  attachments: { type: string; name: string; text: string }[]
}

/** Mails never change, so each is read once. */
const read = new Map<string, Mail>()

export function mailsTo(address: string): Mail[] {
  const directory = path.join(STATE, 'mail')
  if (!existsSync(directory)) return []
  for (const name of readdirSync(directory)) {
    if (read.has(name)) continue
    try {
      read.set(name, JSON.parse(readFileSync(path.join(directory, name), 'utf8')) as Mail)
    } catch { /* still being written */ }
  }
  return [...read.keys()].sort().map((name) => read.get(name) as Mail)
    .filter((mail) => mail.to.includes(address.toLowerCase()))
}

/** Waits for the newest mail to this address whose subject or text matches. */
export async function mailTo(address: string, pattern: RegExp): Promise<Mail> {
  const end = Date.now() + 20_000
  while (Date.now() < end) {
    const found = mailsTo(address).filter((mail) => pattern.test(mail.subject) || pattern.test(mail.text)).at(-1)
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const got = mailsTo(address).map((mail) => mail.subject).join(' | ')
  throw new Error(`no mail to ${address} that matches ${pattern}; got: ${got}`)
}

/** From now on the mail server knows nobody of this address, or knows them again. */
export function refuseMailTo(address: string, refused = true): void {
  const directory = path.join(STATE, 'mail-refused')
  mkdirSync(directory, { recursive: true })
  if (refused) writeFileSync(path.join(directory, address), '')
  else rmSync(path.join(directory, address), { force: true })
}

/** The first link of a mail that contains this path. */
export function linkIn(mail: Mail, part: string): string {
  const link = mail.text.match(/https?:\/\/\S+/g)?.find((url) => url.includes(part))
  if (!link) throw new Error(`no link with ${part} in the mail`)
  return link.replace(/[).,]+$/, '')
}
