// Calma with its private PostgreSQL, as `make run` starts it: killed, without its database, and stopped in the middle
// of journeys. Nothing is lost and the journey goes on (issue A and M).
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { allBookings, bookingOf, createPractice, freeSlot, freeSlots, somebody } from '../support/api'
import { alive, enter, expect, test } from '../support/fixtures'
import { binary, end, environment, freePort, serve, STATE, waitFor } from '../support/server'
import { bookThroughPage, card, openBooking, openDashboard, section, send, takeTime, toReview, typeDetails } from '../support/steps'

const DATA = path.join(STATE, 'restart-data')
let server: ChildProcess
let base: string
let port: number

async function start(): Promise<number> {
  const begun = Date.now()
  server = serve('server-restart', {
    CALMA_ADDR: `127.0.0.1:${port}`, CALMA_BASE_URL: base, CALMA_DATA: DATA,
    CALMA_SMTP_URL: process.env.CALMA_E2E_SMTP ?? '',
  })
  await waitFor(`${base}/readyz`, server)
  return Date.now() - begun
}

/** The process of the private PostgreSQL, if one is running on this data. */
function postmaster(): number | undefined {
  const file = path.join(DATA, 'postgres', 'data', 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  return existsSync(`/proc/${pid}`) ? pid : undefined
}

/** Runs pg_ctl on the private database, as the user it belongs to. */
function pgCtl(...what: string[]): void {
  const data = path.join(DATA, 'postgres', 'data')
  const bin = process.env.CALMA_PG_BIN ?? readdirSync('/usr/lib/postgresql').map((v) => `/usr/lib/postgresql/${v}/bin`).at(-1)
  const command = [`${bin}/pg_ctl`, '-D', data, '-s', '-w', '-l', path.join(DATA, 'postgres', 'postgres.log'), ...what]
  const asOwner = process.getuid?.() === 0 ? ['setpriv', '--reuid', 'postgres', '--regid', 'postgres', '--init-groups'] : []
  const [program, ...rest] = [...asOwner, ...command]
  execFileSync(program, rest, { cwd: '/', stdio: 'ignore' })
}

/** What a start that must not succeed says and leaves. */
async function refused(settings: Record<string, string>): Promise<{ code: number | null; said: string[] }> {
  const child = spawn(binary(), ['serve'], { cwd: STATE, env: environment(settings), stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  child.stdout.on('data', (chunk) => { text += chunk })
  child.stderr.on('data', (chunk) => { text += chunk })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, said: text.split('\n').filter((line) => line.trim() !== '') }
}

test.describe.configure({ mode: 'serial', timeout: 120_000 })

test.beforeAll(async () => {
  rmSync(DATA, { recursive: true, force: true })
  mkdirSync(DATA, { recursive: true })
  port = await freePort()
  base = `http://127.0.0.1:${port}`
  await start()
})

test.afterAll(async () => {
  await end(server)
})

test('killed in the middle of a journey and started again: nothing is lost and the journey goes on', async ({ page, visitor, guard }) => {
  guard.allow(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_NETWORK/)
  const practice = await createPractice({ base })
  const before = await bookThroughPage(await visitor(), practice, (await freeSlots(practice))[5], somebody('Before The Fall'))
  const therapist = await visitor({ baseURL: base })
  await enter(therapist, practice)
  await openDashboard(therapist, base)
  const who = { ...somebody('In The Middle'), reason: 'Half a sentence' }
  await takeTime(page, practice, await freeSlot(practice))
  await typeDetails(page, who)

  await end(server, 'SIGKILL')
  await page.getByRole('button', { name: 'Continue to review' }).click()
  await expect(page.getByRole('alert')).toContainText('Calma cannot be reached right now. What you typed is still here')
  await expect(page.getByLabel('Name and surname')).toHaveValue(who.name)
  await expect(therapist.getByText('Checking every 30 s')).toBeVisible()

  expect(await start(), 'milliseconds of the second start').toBeLessThan(10_000)
  await toReview(page)
  await expect(page.getByRole('main')).toContainText('Half a sentence')
  const token = await send(page)
  expect((await bookingOf(base, before)).status).toBe('pending_approval')
  expect((await bookingOf(base, token)).status).toBe('pending_approval')
  expect(await allBookings(practice)).toHaveLength(2)
  // The dashboard that was open finds its way back by itself.
  await expect(card(section(therapist, 'Needs you'), 'In The Middle')).toBeVisible({ timeout: 40_000 })
  await expect(therapist.getByText('Live', { exact: true })).toBeVisible({ timeout: 40_000 })
})

test('its PostgreSQL stops in the middle of a journey: a clear message, and then it works again', async ({ page, guard }) => {
  guard.allow(/status of 50\d/, /ERR_/)
  const practice = await createPractice({ base })
  await takeTime(page, practice, await freeSlot(practice))
  await typeDetails(page, somebody('No Database'))
  pgCtl('-m', 'fast', 'stop')
  await page.getByRole('button', { name: 'Continue to review' }).click()
  await expect(page.getByRole('alert')).toContainText('Calma cannot be reached right now. What you typed is still here', { timeout: 30_000 })
  const answer = await page.request.get(`${base}/${practice.slug}`, { timeout: 30_000, headers: { 'accept-language': 'en' } })
  expect(answer.status()).toBe(503)
  expect(await answer.text()).toContain('Calma cannot be reached right now.')
  pgCtl('restart')
  await waitFor(`${base}/readyz`)
  await expect(page.getByLabel('Name and surname')).toHaveValue('No Database')
  await toReview(page)
  const token = await send(page)
  await openBooking(page, base, token)
  await expect(page.getByRole('heading', { level: 1, name: 'Your booking request' })).toBeVisible()
})

test('PostgreSQL restarts under open pages: what changes afterwards still arrives live', async ({ page, visitor, guard }) => {
  guard.allow(/status of 50\d/, /ERR_/)
  const practice = await createPractice({ base })
  const therapist = await visitor({ baseURL: base })
  await enter(therapist, practice)
  await openDashboard(therapist, base)
  pgCtl('-m', 'immediate', 'restart')
  await waitFor(`${base}/readyz`)
  const token = await bookThroughPage(page, practice, await freeSlot(practice), somebody('After Restart'))
  const waiting = card(section(therapist, 'Needs you'), 'After Restart')
  await expect(waiting).toBeVisible({ timeout: 15_000 })
  await alive(page)
  await waiting.getByRole('button', { name: 'Approve' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Payment required' })).toBeVisible({ timeout: 15_000 })
  expect((await bookingOf(base, token)).status).toBe('awaiting_payment')
})

test('stops cleanly with its PostgreSQL, and starts again in under ten seconds with everything there', async ({ page }) => {
  const practice = await createPractice({ base })
  const token = await bookThroughPage(page, practice, await freeSlot(practice), somebody('Still There'))
  await alive(page)
  expect(postmaster()).toBeDefined()
  expect(await end(server)).toBe(0)
  expect(postmaster()).toBeUndefined()
  expect(await start(), 'milliseconds').toBeLessThan(10_000)
  await page.goto(`${base}/b/${token}`)
  await expect(page.getByRole('heading', { level: 1, name: 'Your booking request' })).toBeVisible()
})

test('a start that cannot succeed says why in one line and leaves nothing behind', async () => {
  const nothing = path.join(STATE, 'never-made')
  const taken = createServer()
  const occupied = await freePort()
  await new Promise<void>((resolve) => taken.listen(occupied, '127.0.0.1', resolve))
  const here = { CALMA_DATA: nothing, CALMA_ADDR: `127.0.0.1:${occupied}` }
  const cases: [Record<string, string>, RegExp][] = [
    [here, new RegExp(`127\\.0\\.0\\.1:${occupied} is taken by another program`)],
    [{ CALMA_DATA: nothing, CALMA_COLOUR: 'blue' }, /CALMA_COLOUR: there is no such setting/],
    [{ CALMA_DATA: nothing, CALMA_ADDR: 'somewhere' }, /CALMA_ADDR: /],
    [{ CALMA_DATA: nothing, CALMA_ADDR: '0.0.0.0:0' }, /CALMA_MODE: test listens on loopback only/],
    [{ ...here, CALMA_ADDR: '127.0.0.1:0', DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, /DATABASE_URL: the database cannot be reached/],
  ]
  for (const [settings, reason] of cases) {
    const { code, said } = await refused(settings)
    expect(code).not.toBe(0)
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(reason)
  }
  taken.close()
  expect(existsSync(path.join(nothing, 'postgres'))).toBe(false)
})
