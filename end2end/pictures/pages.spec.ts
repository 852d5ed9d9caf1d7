// One picture of each page, as `.state/pictures/<page>-<project>.png`.
import { book, call, colleague, confirmed, createPractice, freeSlots, somebody } from '../support/api'
import { alive, enter, test } from '../support/fixtures'
import { linkIn, mailTo } from '../support/mail'
import { STATE } from '../support/server'
import { everyState } from '../support/states'
import type { Page } from '@playwright/test'

async function picture(page: Page, name: string, address: string, before?: () => Promise<void>): Promise<void> {
  await page.goto(address)
  await alive(page)
  await before?.()
  // What arrives behind the page: counts, the live mark, the photo.
  await page.waitForTimeout(400)
  await page.screenshot({ path: `${STATE}/pictures/${name}-${test.info().project.name}.png`, fullPage: true })
}

const REASON = 'I have been sleeping badly since the summer.'

test('visitors and patients', async ({ page, guard }) => {
  guard.allow(/status of 404/)
  const practice = await createPractice({ practiceName: 'Calm Waters Therapy' })
  const states = await everyState(practice, 'Juana Pérez', REASON)
  await picture(page, 'home', '/')
  await picture(page, 'public', `/${practice.slug}?day=${states.day}`)
  await picture(page, 'details', `/${practice.slug}/book/${states.held.token}`)
  await call(practice.base, `/api/v1/public/bookings/${states.held.token}/details`, {
    method: 'PUT', body: { ...somebody(), reason: REASON },
  })
  await picture(page, 'review', `/${practice.slug}/book/${states.held.token}/review`)
  for (const state of ['pending', 'due', 'rejected', 'review', 'done', 'declined', 'cancelled'] as const) {
    await picture(page, `booking-${state}`, `/b/${states[state].token}`)
  }
  await picture(page, 'not-found', '/there-is-no-such-page')
  await picture(page, 'my', '/my')
  const who = somebody('Ana García')
  await confirmed(practice, who)
  await call(practice.base, '/api/v1/my/sign-in-link', { body: { email: who.email } })
  await page.goto(linkIn(await mailTo(who.email, /Your link to your bookings/), '/my/sign-in'))
  await alive(page)
  await page.getByRole('main').getByRole('button').first().click()
  await page.waitForURL(/\/my\/bookings$/)
  await picture(page, 'my-bookings', '/my/bookings')
})

test('accounts', async ({ page }) => {
  for (const [name, address] of Object.entries({
    login: '/login', register: '/register', forgot: '/forgot', reset: '/reset?token=none', sent: '/register?sent=1',
  })) {
    await picture(page, name, address)
  }
})

test('the practice', async ({ page }) => {
  const practice = await createPractice({ practiceName: 'Calm Waters Therapy' })
  const states = await everyState(practice, 'Juana Pérez', REASON)
  await enter(page, practice)
  await picture(page, 'app-today', '/app')
  await picture(page, 'app-pending', `/app/bookings/${states.pending.id}`)
  await picture(page, 'app-review', `/app/bookings/${states.review.id}`)
  await picture(page, 'app-diary', `/app/diary?week=${states.day}`)
  await picture(page, 'app-diary-list', `/app/diary?week=${states.day}&view=list`)
  await picture(page, 'app-availability', `/app/availability?date=${states.day}`)
  const change = await page.locator('#weekly a.btn-ghost').first().getAttribute('href')
  await picture(page, 'app-availability-change', change!)
  const people = await call(practice.base, '/api/v1/patients', { bearer: practice.bearer })
  await picture(page, 'app-patients', '/app/patients')
  for (const tab of ['', 'history', 'notes', 'preferences', 'messages']) {
    await picture(page, `app-patient-${tab || 'overview'}`, `/app/patients/${people.items[0].id}?tab=${tab}`)
  }
  await picture(page, 'app-patient-edit', `/app/patients/${people.items[0].id}/edit`)
  await picture(page, 'app-patients-import', '/app/patients/import')
  await picture(page, 'app-messages', '/app/messages')
  await picture(page, 'app-members', '/app/members')
  await picture(page, 'app-audit', '/app/audit')
  await picture(page, 'app-diary-month', `/app/diary?week=${states.day}&view=month`)
  await picture(page, 'app-diary-day', `/app/diary?week=${states.day}&view=day`)
  const { items: [session] } = await call(practice.base, '/api/v1/sessions?status=scheduled', { bearer: practice.bearer })
  await picture(page, 'app-sessions', '/app/sessions')
  await picture(page, 'app-session', `/app/sessions/${session.id}`)
  await picture(page, 'app-session-new', `/app/sessions/new?patient=${session.patient_id}`)
  await picture(page, 'app-series-new', `/app/series/new?patient=${session.patient_id}`, async () => {
    await page.locator('input[type="time"]').fill('10:00')
    await page.locator('input[type="time"]').blur()
    await page.locator('#preview .series-date').nth(3).waitFor()
  })
  await call(practice.base, '/api/v1/recurring', { bearer: practice.bearer, body: {
    patient_id: session.patient_id, therapist_id: practice.therapistId, service_id: practice.serviceId,
    starts_on: states.day, starts: '16:00', frequency: 'weekly',
  } })
  await picture(page, 'app-patient-series', `/app/patients/${session.patient_id}?tab=series`)
  await picture(page, 'app-notices', '/app/notices')
  for (const part of ['practice', 'profile', 'services', 'payment', 'booking', 'messages', 'calendars']) {
    await picture(page, `app-settings-${part}`, `/app/settings/${part}`)
  }
})

test('a therapist', async ({ page }) => {
  const practice = await createPractice({ practiceName: 'Calm Waters Therapy' })
  const therapist = await colleague(practice)
  const slots = await freeSlots(therapist, 72)
  await book(therapist, somebody('Ana Díaz'), slots[0])
  // The owner confirms the other one, and it is a session.
  const booking = await confirmed({ ...therapist, bearer: practice.bearer }, somebody('Juana Pérez'), slots[2])
  const { session } = await call(practice.base, `/api/v1/bookings/${booking.id}`, { bearer: practice.bearer })
  await enter(page, therapist)
  await picture(page, 'therapist-today', '/app')
  await picture(page, 'therapist-ask', `/app/sessions/${session.id}/ask-to-move`)
  await call(practice.base, '/api/v1/reschedule-requests', { bearer: therapist.bearer, body: {
    session_id: session.id, starts_at: slots[5].starts_at, reason: 'I am at a course',
  } })
  await picture(page, 'therapist-requests', '/app/reschedule-requests')
})
