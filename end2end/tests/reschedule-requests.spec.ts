// A therapist asks for another time, the practice answers, everything moves and both are told (001); and the therapist's
// own first page.
import type { Page } from '@playwright/test'
import { book, call, colleague, freeSlots, somebody, type Booking, type Practice, type Slot } from '../support/api'
import { alive, enter, expect, expectAccessible, open, test } from '../support/fixtures'
import { mailTo } from '../support/mail'
import { timeOf } from '../support/steps'

test.use({ practiceOptions: { policy: { needs_approval: false, payment_timing: 'at_session' } } })

/** The session of a booking that is confirmed at once. */
async function sessionOf(practice: Practice, booking: Booking): Promise<any> {
  const card = await call(practice.base, `/api/v1/bookings/${booking.id}`, { bearer: practice.bearer })
  return await call(practice.base, `/api/v1/sessions/${card.session.id}`, { bearer: practice.bearer })
}

/** A therapist with a session of Ana Díaz, logged in. */
async function withSession(practice: Practice, visitor: (settings: { baseURL: string }) => Promise<Page>) {
  const therapist = await colleague(practice)
  const who = somebody('Ana Díaz')
  const slots = await freeSlots(therapist, 72)
  const booking = await book(therapist, who, slots[0])
  const { card } = await sessionOf(practice, booking)
  const own = await visitor({ baseURL: practice.base })
  await enter(own, therapist)
  return { therapist, who, slots, booking, card, own }
}

/** Asks for this time on the page of the session. */
async function askFor(own: Page, id: string, slot: Slot): Promise<void> {
  await open(own, `/app/sessions/${id}`)
  await own.getByRole('link', { name: 'Ask to move' }).click()
  await own.waitForURL(/\/ask-to-move/)
  await expect(own.getByRole('heading', { level: 1, name: 'Ask for another time' })).toBeVisible()
  await alive(own)
  await expectAccessible(own, 'asking for another time')
  await own.getByLabel('Why').fill('I am at a course')
  await own.locator(`input[name="starts_at"][value="${slot.starts_at}"]`).check()
  await own.getByRole('button', { name: 'Send the request' }).click()
  await own.waitForURL(/\/app\/sessions\/[0-9a-f-]{36}(\?done=1)?$/)
  await expect(own.getByText('Waiting').first()).toBeVisible()
}

test('asked, approved, moved; both are told', async ({ therapist: owner, practice, visitor }) => {
  test.slow()
  const { therapist, who, slots, booking, card, own } = await withSession(practice, visitor)
  const patient = await visitor({ baseURL: practice.base })
  await open(patient, `/b/${booking.token}`)
  await askFor(own, card.id, slots[11])
  await expect(own.getByRole('button', { name: 'Move', exact: true })).toHaveCount(0)

  await open(owner, '/app/notices')
  await expect(owner.getByRole('heading', { name: 'Another time is asked for, for Ana Díaz' })).toBeVisible()
  await open(owner, '/app')
  const asked = owner.locator('#reschedule-requests')
  await expect(asked.getByText('I am at a course')).toBeVisible()
  await expectAccessible(owner, 'the dashboard with a request')
  await asked.getByLabel('Note to the therapist').fill('Agreed with Ana')
  await asked.getByRole('button', { name: /^Approve: Ana Díaz/ }).click()
  await expect(asked.getByText('I am at a course')).toBeHidden()

  await expect(patient.getByText(timeOf(slots[11])).first()).toBeVisible()
  await mailTo(who.email, /Your session has a new time/)
  await mailTo(therapist.email, /Your request was approved/)
  const moved = await call(practice.base, `/api/v1/sessions/${card.id}`, { bearer: practice.bearer })
  expect(moved.card.starts_at).toBe(slots[11].starts_at)
  await open(own, '/app/reschedule-requests?status=approved')
  await expect(own.getByText('Agreed with Ana')).toBeVisible()
  await expectAccessible(own, 'answered requests')
})

test('a rejection says why, and the therapist takes another one back', async ({ therapist: owner, practice, visitor }) => {
  test.slow()
  const { slots, card, own } = await withSession(practice, visitor)
  await askFor(own, card.id, slots[11])
  await open(owner, '/app/reschedule-requests')
  await owner.getByRole('button', { name: /^Reject: Ana Díaz/ }).click()
  await expect(owner.getByText('Please write why')).toBeVisible()
  await owner.getByLabel('Note to the therapist').fill('Ana cannot')
  await owner.getByRole('button', { name: /^Reject: Ana Díaz/ }).click()
  await expect(owner.getByText('Answered. The therapist is told.')).toBeVisible()
  await expect(owner.getByText('Nothing is asked for.')).toBeVisible()
  await open(own, `/app/sessions/${card.id}`)
  await expect(own.getByText('Ana cannot')).toBeVisible()
  await askFor(own, card.id, slots[12])
  await own.getByRole('button', { name: /^Take back: Ana Díaz/ }).click()
  await expect(own.getByRole('link', { name: 'Ask to move' })).toBeVisible()
})

test('a time that is gone refuses the approval and leaves the question open', async ({ therapist: owner, practice, visitor }) => {
  test.slow()
  const { therapist, slots, card, own } = await withSession(practice, visitor)
  await askFor(own, card.id, slots[11])
  await book(therapist, somebody(), slots[11])
  await open(owner, '/app/reschedule-requests')
  await owner.getByRole('button', { name: /^Approve: Ana Díaz/ }).click()
  await expect(owner.getByText('That time is not free any more.')).toBeVisible()
  await expect(owner.getByText('I am at a course')).toBeVisible()
})

test('the therapist\'s own day: what waits, today, the week, the patients', async ({ practice, visitor }) => {
  test.slow()
  const { card, own, slots } = await withSession(practice, visitor)
  await askFor(own, card.id, slots[11])
  await open(own, '/app')
  for (const name of ['To do', 'Today', 'This week', 'My patients']) {
    await expect(own.getByRole('heading', { level: 2, name: new RegExp(`^${name}`) })).toBeVisible()
  }
  await expect(own.locator('#to-do').getByRole('link', { name: /^Ana Díaz: from/ })).toBeVisible()
  await expect(own.locator('#week').getByRole('listitem')).toHaveCount(7)
  await expect(own.locator('#my-patients').getByRole('link', { name: 'Ana Díaz' })).toBeVisible()
  await expectAccessible(own, 'the therapist\'s own day')
  await own.getByRole('link', { name: 'Change my availability' }).click()
  await own.waitForURL(/\/app\/availability/)
  await expect(own.getByRole('heading', { level: 1 })).toBeVisible()
})

test('who runs the practice and gives sessions changes to their own day and back', async ({ therapist: owner }) => {
  await open(owner, '/app')
  const views = owner.getByRole('navigation', { name: 'What to see' })
  await expect(views.getByRole('link', { name: 'The practice' })).toHaveAttribute('aria-current', 'page')
  await views.getByRole('link', { name: 'My day' }).click()
  for (const name of ['To do', 'Today', 'This week', 'My patients']) {
    await expect(owner.getByRole('heading', { level: 2, name: new RegExp(`^${name}`) })).toBeVisible()
  }
  await expect(owner.locator('#needs-action')).toHaveCount(0)
  await expectAccessible(owner, 'the own day of who runs the practice')
  await views.getByRole('link', { name: 'The practice' }).click()
  await expect(owner.locator('#needs-action')).toBeVisible()
})
