// Starts and stops `calma serve` for the journeys.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'

/** Everything the journeys write lies here. */
export const STATE = path.resolve(import.meta.dirname, '..', '.state')

export async function freePort(): Promise<number> {
  return await new Promise((resolve) => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

/** Waits until this address answers with success. */
export async function waitFor(url: string, process?: ChildProcess): Promise<void> {
  const end = Date.now() + 60_000
  while (Date.now() < end) {
    if (process && (process.exitCode ?? process.signalCode) !== null) {
      throw new Error(`the server ended with ${process.exitCode ?? process.signalCode}, see end2end/.state`)
    }
    try {
      if ((await fetch(url)).ok) return
    } catch { /* not yet */ }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${url} did not answer within a minute`)
}

/** The environment of a server: unknown CALMA_ settings stop its start, so only what is named here is passed on. */
export function environment(settings: Record<string, string>): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) =>
    !name.startsWith('CALMA_') && !['DATABASE_URL', 'DATABASE_APP_URL', 'REDIS_URL'].includes(name)))
  const site = process.env.CALMA_SITE_ROOT ?? ''
  return {
    ...inherited, CALMA_MODE: 'test', CALMA_SITE_ROOT: site, LEPTOS_SITE_ROOT: site, LEPTOS_OUTPUT_NAME: 'calma',
    LEPTOS_SITE_PKG_DIR: 'pkg', LEPTOS_HASH_FILES: process.env.LEPTOS_HASH_FILES ?? 'true', CALMA_MAIL_FROM: 'calma@example.test',
    CALMA_SECRET: 'only-for-the-journeys-0123456789abcdef',
    CALMA_PG_BIN: process.env.CALMA_PG_BIN ?? '',
    CALMA_RATE_PUBLIC_BOOKING_PER_HOUR: '0', CALMA_RATE_AVAILABILITY_PER_HOUR: '0',
    CALMA_RATE_DASHBOARD_PER_HOUR: '0', CALMA_RATE_API_PER_MINUTE: '0', ...settings,
  }
}

export function binary(): string {
  const found = process.env.CALMA_BIN
  if (!found) throw new Error('CALMA_BIN is set by scripts/test.sh')
  return found
}

/** Starts `calma serve` with these settings; its output goes to .state/NAME.log. */
export function serve(name: string, settings: Record<string, string>): ChildProcess {
  mkdirSync(STATE, { recursive: true })
  const log = openSync(path.join(STATE, `${name}.log`), 'a')
  return spawn(binary(), ['serve'], { cwd: STATE, stdio: ['ignore', log, log], env: environment(settings) })
}

/** Ends a server and waits until it has gone. */
export async function end(server: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  if (server.exitCode === null && server.signalCode === null) {
    const gone = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    await gone
  }
  return server.exitCode
}

/** Makes an empty database on the tests' PostgreSQL. */
export function newDatabase(name: string): string {
  const server = process.env.TEST_DATABASE_URL
  if (!server) throw new Error('TEST_DATABASE_URL is set by scripts/test.sh')
  execFileSync('psql', ['-q', server, '-c', `CREATE DATABASE ${name}`])
  return server.replace(/\/[^/]*$/, `/${name}`)
}
