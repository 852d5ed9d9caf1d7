// A practice with something in every state, for pages that are looked at.
import { act, book, confirmed, freeSlots, hold, prove, somebody, type Practice } from './api'
import { dayOf } from './steps'

/** A name and a reason as long as they may be, in words as long as people have. */
export const LONG = 'Wolfeschlegelsteinhausenbergerdorff Maximiliana Esperanza de los Ángeles'
export const REASON = 'Verylongwordwithoutanyspaceinit'.repeat(6)

/** One booking in each state; with long names unless told otherwise. */
export async function everyState(practice: Practice, name = LONG, reason = REASON) {
  const who = () => ({ ...somebody(name), reason, first_time: true })
  const slots = await freeSlots(practice)
  const at = (n: number) => slots[n * 3]
  const pending = await book(practice, who(), at(0))
  const due = await book(practice, who(), at(1))
  await act(practice, due, 'approve')
  const rejected = await book(practice, who(), at(2))
  await act(practice, rejected, 'approve')
  await prove(practice, rejected, 'WRONG1')
  await act(practice, rejected, 'reject-payment', reason)
  const review = await book(practice, who(), at(3))
  await act(practice, review, 'approve')
  await prove(practice, review, 'ABC123XYZ')
  const done = await confirmed(practice, who(), at(4))
  const declined = await book(practice, who(), at(5))
  await act(practice, declined, 'decline', 'Fully booked on this date')
  const cancelled = await confirmed(practice, who(), at(6))
  await act(practice, cancelled, 'cancel', 'I am ill')
  return { pending, due, rejected, review, done, declined, cancelled, held: await hold(practice, at(7)), day: dayOf(at(0)) }
}
