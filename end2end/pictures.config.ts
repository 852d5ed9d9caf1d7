// Pictures of every page in both sizes, themes and languages, to be looked at: `make pictures`.
import { devices } from '@playwright/test'
import journeys from './playwright.config'

const wide = { ...devices['Desktop Chrome'], viewport: { width: 1280, height: 900 } }
const phone = { ...devices['Pixel 7'], viewport: { width: 390, height: 844 }, deviceScaleFactor: 1 }

export default {
  ...journeys,
  testDir: 'pictures',
  timeout: 180_000,
  projects: [
    { name: '1280-light-en', use: { ...wide, colorScheme: 'light' as const } },
    { name: '390-dark-es', use: { ...phone, colorScheme: 'dark' as const, locale: 'es-AR' } },
    { name: '390-light-en', use: { ...phone, colorScheme: 'light' as const } },
    { name: '1280-dark-es', use: { ...wide, colorScheme: 'dark' as const, locale: 'es-AR' } },
  ],
}
