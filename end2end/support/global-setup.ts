// Starts what the journeys need: a mail server that keeps what it gets, calendars outside, and two Calma servers on one
// database and Redis.
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { startCalendarServer } from './calendar-server'
import { startMailServer } from './mail-server'
import { STATE, end, freePort, newDatabase, serve, waitFor } from './server'

export default async function globalSetup() {
  rmSync(STATE, { recursive: true, force: true })
  mkdirSync(STATE, { recursive: true })
  const mailPort = await freePort()
  const mail = await startMailServer(mailPort, path.join(STATE, 'mail'))
  const calendarPort = await freePort()
  const calendars = await startCalendarServer(calendarPort)
  const outside = `http://127.0.0.1:${calendarPort}`
  const [portA, portB] = [await freePort(), await freePort()]
  const base = `http://127.0.0.1:${portA}`
  const shared = {
    DATABASE_URL: newDatabase(`e2e_${Date.now()}`),
    REDIS_URL: process.env.TEST_REDIS_URL ?? '',
    CALMA_SMTP_URL: `smtp://127.0.0.1:${mailPort}`,
    CALMA_DATA: path.join(STATE, 'data'),
    CALMA_BASE_URL: base,
    CALMA_GOOGLE_CLIENT_ID: 'journeys',
    CALMA_GOOGLE_CLIENT_SECRET: 'of-the-journeys',
    CALMA_GOOGLE_ACCOUNTS_URL: outside,
    CALMA_GOOGLE_TOKENS_URL: outside,
    CALMA_GOOGLE_API_URL: outside,
    CALMA_CALENDAR_PRIVATE_ADDRESSES: 'on',
  }
  const a = serve('server-a', { ...shared, CALMA_ADDR: `127.0.0.1:${portA}` })
  await waitFor(`${base}/readyz`, a)
  const b = serve('server-b', { ...shared, CALMA_ADDR: `127.0.0.1:${portB}` })
  await waitFor(`http://127.0.0.1:${portB}/readyz`, b)
  process.env.CALMA_E2E_URL = base
  process.env.CALMA_E2E_URL_B = `http://127.0.0.1:${portB}`
  process.env.CALMA_E2E_DATABASE = shared.DATABASE_URL
  process.env.CALMA_E2E_CALENDARS = outside
  process.env.CALMA_E2E_SMTP = shared.CALMA_SMTP_URL
  return async () => {
    await Promise.all([end(a), end(b)])
    mail.close()
    calendars.close()
  }
}
