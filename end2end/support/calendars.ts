// Calendars outside as a test sets and sees them.
import { unique, type Slot } from './api'

export const outside = () => process.env.CALMA_E2E_CALENDARS as string

/** A published calendar with one entry at the time of this slot; answers its address. */
export async function publish(slot: Slot, word = unique()): Promise<string> {
  const moment = (at: string) => at.replace(/[-:]|\.\d+/g, '')
  const file = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'BEGIN:VEVENT', 'UID:1', `DTSTART:${moment(slot.starts_at)}`,
    `DTEND:${moment(slot.ends_at)}`, 'SUMMARY:Dentist', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n')
  await fetch(`${outside()}/test/file/${word}`, { method: 'POST', body: file })
  return `${outside()}/files/${word}`
}

/** What stands in somebody's calendar at Google now. */
export async function entries(account: string): Promise<any[]> {
  const all = await (await fetch(`${outside()}/test/events/${account}`)).json() as any[]
  return all.filter((event) => event.status !== 'cancelled')
}

/** Somebody writes an entry of their own. */
export async function write(account: string, slot: Slot): Promise<void> {
  await fetch(`${outside()}/test/event/${account}?id=own`, {
    method: 'POST',
    body: JSON.stringify({ status: 'confirmed', start: { dateTime: slot.starts_at }, end: { dateTime: slot.ends_at } }),
  })
}

/** Somebody takes Calma's permission back in their account. */
export async function takeBack(account: string): Promise<void> {
  await fetch(`${outside()}/test/revoke/${account}`, { method: 'POST' })
}
