// The pictures of the guides in docs/user, in both languages: `make guides`.
import { devices } from '@playwright/test'
import journeys from './playwright.config'

// As narrow as the menu at the side allows, so that words stay readable where the picture is made smaller.
const screen = {
  ...devices['Desktop Chrome'], viewport: { width: 1040, height: 720 }, deviceScaleFactor: 1, colorScheme: 'light' as const,
}

export default {
  ...journeys,
  testDir: 'guides',
  testMatch: /\.guide\.ts$/,
  workers: 1,
  projects: [
    { name: 'en', use: { ...screen, locale: 'en-GB', timezoneId: 'Africa/Nairobi' } },
    { name: 'es', use: { ...screen, locale: 'es-AR', timezoneId: 'America/Argentina/Buenos_Aires' } },
  ],
}
