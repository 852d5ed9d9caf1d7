// An invented practice in the language of a guide, with invented people in it.
import { book, call, freeSlots, register, unique, type Booking, type Person, type Practice, type PracticeOptions, type Slot } from '../support/api'
import { test } from '../support/fixtures'
import { dayOf } from '../support/steps'

export type Lang = 'en' | 'es'

/** The language of the guide whose pictures are taken. */
export const lang = () => test.info().project.name as Lang

/** What is said in this language. */
export const say = (en: string, es: string) => (lang() === 'es' ? es : en)

const PRACTICES = {
  en: {
    practiceName: 'Calm Waters Therapy', owner: 'Dr. Sarah Wanjiku', zone: 'Africa/Nairobi', currency: 'KES', price: '2000',
    title: 'Clinical psychologist', bio: 'I work with adults, at their own pace.',
    credentials: 'PhD in Clinical Psychology\nMember no. 0000', languages: 'en, sw', service: 'Individual Therapy',
    description: 'Fifty minutes, one to one.', note: 'Please write the reference in the message.',
  },
  es: {
    practiceName: 'Aguas Claras', owner: 'Lic. Lucía Herrera', zone: 'America/Argentina/Buenos_Aires',
    currency: 'ARS', price: '15000', title: 'Psicóloga clínica', bio: 'Acompaño a personas adultas, a su ritmo.',
    credentials: 'Licenciatura en Psicología\nMatrícula 0000', languages: 'es', service: 'Terapia individual',
    description: 'Cincuenta minutos, de a dos.', note: 'Escriba la referencia en la transferencia.',
  },
}

const NAMES = {
  en: ['Amina Otieno', 'John Kariuki', 'Grace Mwangi', 'Peter Njoroge', 'Mary Achieng', 'David Kimani', 'Ruth Wambui', 'Joseph Odhiambo'],
  es: ['Ana López', 'Juan Pérez', 'Carla Gómez', 'Pedro Sosa', 'Marta Ruiz', 'Diego Vidal', 'Rosa Molina', 'José Ferreyra'],
}

/** One of the invented patients of this language. */
export function person(n: number, reason?: string): Person {
  const name = NAMES[lang()][n]
  const mailbox = name.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/\W+/g, '.')
  const phone = say(`+25470000011${n}`, `+54911555501${20 + n}`)
  return { name, email: `${mailbox}@example.com`, phone, reason }
}

/** Open from Monday to Friday, 9 to 12 and 14 to 18, for sessions of 50 minutes with a break of 10. */
export async function invented(options: PracticeOptions = {}): Promise<Practice> {
  const about = PRACTICES[lang()]
  const owner = { ...await register({ ...about, language: lang(), ...options }), name: about.owner }
  const { base, bearer, therapistId } = owner
  const put = (path: string, body: unknown) => call(base, path, { method: 'PUT', body, bearer })
  const settings = await call(base, '/api/v1/practice', { bearer })
  await put('/api/v1/practice', { ...settings, video_base: 'https://meet.example.org/' })
  await put('/api/v1/practice/instructions', {
    mpesa: say('Till 000000', ''), bank_account: say('', 'Banco Ejemplo\nAlias AGUAS.CLARAS.EJEMPLO'), cash: true, note: about.note,
  })
  await put('/api/v1/practice/policy', {
    needs_approval: true, payment_timing: 'before_confirmation', hold_min: 10, approval_window_min: 1440,
    payment_window_min: 1440, notice_min: 120, horizon_days: 60, cancel_until_hours: 24, cancel_text: '', ...options.policy,
  })
  const service = await call(base, '/api/v1/services', { bearer, body: {
    service: { name: about.service, description: about.description, duration_min: 50, price: about.price, place: 'online', active: true },
    therapists: [therapistId],
  } })
  for (let weekday = 1; weekday <= 5; weekday++) {
    for (const [starts, ends] of [['09:00', '12:00'], ['14:00', '18:00']]) {
      await call(base, '/api/v1/availability/rules', { bearer, body: { therapist_id: therapistId, weekday, starts, ends } })
    }
  }
  const slug = `${say('sarah-wanjiku', 'lucia-herrera')}-${unique()}`
  await put(`/api/v1/therapists/${therapistId}`, {
    slug, name: about.owner, title: about.title, bio: about.bio, credentials: about.credentials, languages: about.languages,
    time_zone: about.zone, published: true,
  })
  return { ...owner, slug, serviceId: service.id }
}

/** A practice whose bookings are confirmed at once and paid at the session. */
export const instant = (options: PracticeOptions = {}) =>
  invented({ policy: { needs_approval: false, payment_timing: 'at_session' }, ...options })

/** The free times of the first whole day after so many hours. */
export async function wholeDay(practice: Practice, afterHours = 72): Promise<Slot[]> {
  const free = await freeSlots(practice, afterHours, 14)
  const days = [...new Set(free.map(dayOf))].map((day) => free.filter((slot) => dayOf(slot) === day))
  const whole = days.find((slots) => slots.length === 7)
  if (!whole) throw new Error('there is no whole day')
  return whole
}

/** A booking in the language of the guide. */
export const booked = (practice: Practice, who: Person, slot: Slot): Promise<Booking> => book(practice, who, slot, lang())

/** The session of a booking, as the API shows it. */
export async function sessionOf(practice: Practice, booking: Booking): Promise<any> {
  const { session } = await call(practice.base, `/api/v1/bookings/${booking.id}`, { bearer: practice.bearer })
  return await call(practice.base, `/api/v1/sessions/${session.id}`, { bearer: practice.bearer })
}

/** A patient whom the practice wrote down itself. */
export async function patient(practice: Practice, n: number): Promise<string> {
  const { name, email, phone } = person(n)
  const body = { name, email, phone, language: lang() }
  const added = await call(practice.base, '/api/v1/patients', { bearer: practice.bearer, body })
  return added.id ?? added.patient.id
}
