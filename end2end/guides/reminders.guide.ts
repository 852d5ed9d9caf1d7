import path from 'node:path'
import { call, moveClock } from '../support/api'
import { enter, open, test } from '../support/fixtures'
import { mailTo } from '../support/mail'
import { STATE, end, freePort, newDatabase, serve, waitFor } from '../support/server'
import { part, phone, screen } from './camera'
import { booked, instant, lang, person, say, wholeDay } from './practice'

test('reminders', async ({ page, browser }) => {
  const practice = await instant()
  const booking = await booked(practice, person(0), (await wholeDay(practice))[1])
  await enter(page, practice)
  await open(page, '/app/settings/messages')
  const how = page.getByRole('heading', { name: say('How patients are written to', 'Cómo se escribe a los pacientes') })
  await part(page.locator('section.card', { has: how }), 'reminders-1')

  const patient = await phone(browser, practice.base, 460)
  await open(patient, `/b/${booking.token}/reminders`)
  await screen(patient, 'reminders-3')
})

test('a reminder as it arrives', async ({ browser }) => {
  // A server of its own, whose clock moves to a day before the session.
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const server = serve('server-guides', {
    DATABASE_URL: newDatabase(`guides_${Date.now()}`), CALMA_ADDR: `127.0.0.1:${port}`, CALMA_BASE_URL: base,
    CALMA_SMTP_URL: process.env.CALMA_E2E_SMTP ?? '', CALMA_DATA: path.join(STATE, `guides-${lang()}`),
  })
  try {
    await waitFor(`${base}/readyz`, server)
    const practice = await instant({ base })
    const who = person(6)
    const [, slot] = await wholeDay(practice)
    await booked(practice, who, slot)
    const { now } = await call(base, '/test/clock')
    await moveClock(base, (Date.parse(slot.starts_at) - Date.parse(now)) / 60_000 - 24 * 60)
    const mail = await mailTo(who.email, /reminder of your session|recordamos su sesión/)
    const reader = await phone(browser, base)
    await reader.setContent(mail.html)
    await part(reader.locator('body'), 'reminders-2', 0)
  } finally {
    await end(server)
  }
})
