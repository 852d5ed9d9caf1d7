//! The public booking page and its steps.

contracts::texts! {
    // --- profile ---
    BOOK_WITH = "Book a session with {name}", "Reservar una sesión con {name}";
    META_DESCRIPTION = "Book a session with {name}, {title}. See free times and reserve online.", "Reserve una sesión con {name}, {title}. Vea los horarios libres y reserve en línea.";
    CREDENTIALS = "Training and registration", "Formación y matrícula";
    SPEAKS = "Sessions in", "Atiende en";
    PHOTO_OF = "Photo of {name}", "Foto de {name}";
    ABOUT = "About {name}", "Sobre {name}";
    SERVICES = "What would you like to book?", "¿Qué desea reservar?";
    NO_SERVICES = "There is nothing to book here at the moment.", "Por ahora no hay nada para reservar aquí.";
    MINUTES = "{n} minutes", "{n} minutos";
    ONLINE = "Online", "En línea";
    IN_PERSON = "In person", "Presencial";
    CHOSEN = "Chosen", "Elegido";
    // --- what applies ---
    BEFORE_YOU_BOOK = "Good to know before you book", "Antes de reservar";
    PRICE = "Price", "Precio";
    FREE_OF_CHARGE = "Free of charge", "Sin cargo";
    DURATION = "Duration", "Duración";
    PLACE = "Place", "Modalidad";
    SERVICE = "Service", "Servicio";
    TIME_ZONE = "Time zone", "Zona horaria";
    YOUR_ZONE = "Times are shown in {zone}, with your own time beside them.", "Los horarios se muestran en hora de {zone}, con su hora local al lado.";
    ZONE_OF = "All times are in {zone} time.", "Todos los horarios están en hora de {zone}.";
    CANCELLATION = "Cancelling", "Cancelaciones";
    WHAT_NEXT = "What happens next", "Qué sigue";
    NEXT_HOLD = "The time you choose is held for you for {span} while you fill in your details.", "El horario que elija queda reservado para usted por {span} mientras completa sus datos.";
    NEXT_APPROVAL = "{name} answers your request within {span}.", "{name} responde su solicitud dentro de {span}.";
    NEXT_PAY = "You then have {span} to pay and send the proof. Once it is checked, your session is confirmed.", "Luego tiene {span} para pagar y enviar el comprobante. Cuando se verifique, la sesión queda confirmada.";
    NEXT_PAY_AT_SESSION = "You pay at the session.", "Se paga en la sesión.";
    NEXT_INSTANT = "Your session is confirmed at once.", "Su sesión queda confirmada al instante.";
    NEXT_CONFIRMED_AFTER_APPROVAL = "With the approval your session is confirmed.", "Con la aprobación su sesión queda confirmada.";
    METHODS = "Ways to pay: {methods}", "Formas de pago: {methods}";
    MPESA = "M-Pesa", "M-Pesa";
    BANK_TRANSFER = "bank transfer", "transferencia bancaria";
    CASH = "cash", "efectivo";
    ONE_MINUTE = "{n} minute", "{n} minuto";
    DAYS = "{n} days", "{n} días";
    HOURS = "{n} hours", "{n} horas";
    ONE_HOUR = "1 hour", "1 hora";
    // --- month ---
    STEPS = "Steps", "Pasos";
    STEP_TIME = "Time", "Horario";
    STEP_DETAILS = "Your details", "Sus datos";
    STEP_REVIEW = "Review", "Revisión";
    STEP_DONE = "Done", "Listo";
    CHOOSE_DAY = "Choose a day", "Elija un día";
    PREVIOUS_MONTH = "Previous month", "Mes anterior";
    NEXT_MONTH = "Next month", "Mes siguiente";
    MONTH_HELP = "Arrow keys move by day and week, Page Up and Page Down by month.", "Las flechas mueven por día y semana; Re Pág y Av Pág, por mes.";
    DAY_FREE = "{n} free", "{n} libres";
    DAY_ONE_FREE = "1 free", "1 libre";
    DAY_FULL = "full", "lleno";
    DAY_CLOSED = "closed", "cerrado";
    TODAY = "today", "hoy";
    NOTHING_THIS_MONTH = "There are no free times this month.", "No hay horarios libres este mes.";
    SEE_NEXT_MONTH = "See {month}", "Ver {month}";
    LAST_DAY = "You can book until {date}.", "Se puede reservar hasta el {date}.";
    TIMES_ON = "Times on {date}", "Horarios del {date}";
    CHOOSE_TIME = "Choose a time", "Elija un horario";
    NO_TIMES = "No free times on this day. Please choose another one.", "No hay horarios libres este día. Elija otro.";
    BEING_BOOKED = "being booked", "reservándose";
    YOUR_TIME = "{time} your time", "{time} su hora";
    NEAREST = "Nearest free times", "Horarios libres más cercanos";
    NO_ALTERNATIVES = "There is no free time nearby. Please choose another day.", "No hay horarios libres cerca. Elija otro día.";
    GONE = "{time} is no longer free.", "Las {time} ya no están libres.";
    BACK_AGAIN = "{time} is free again.", "Las {time} vuelven a estar libres.";
    TIMES_CHANGED = "The free times of this day have changed.", "Cambiaron los horarios libres de este día.";
    LIVE = "Free times update by themselves.", "Los horarios se actualizan solos.";
    STILL_HELD = "You are still holding a time. Choosing another one gives it back.", "Todavía tiene un horario reservado. Al elegir otro, se libera.";
    KEEP_IT = "Keep my time", "Conservar mi horario";
    GIVE_BACK = "Give it back", "Liberarlo";
    LOADING_TIMES = "Loading free times…", "Cargando horarios…";
    // --- details ---
    DETAILS_TITLE = "Your details", "Sus datos";
    DETAILS_LEAD = "Only {name} and the practice see this.", "Solo {name} y el consultorio ven estos datos.";
    NAME = "Name and surname", "Nombre y apellido";
    EMAIL = "E-mail", "Correo electrónico";
    EMAIL_HINT = "We send your booking's link there.", "Allí enviamos el enlace de su reserva.";
    PHONE = "Phone (WhatsApp)", "Teléfono (WhatsApp)";
    PHONE_HINT = "With country code, for example +254 712 345 678.", "Con código de país, por ejemplo +54 9 11 1234 5678.";
    FIRST_TIME = "This is my first session here", "Es mi primera sesión aquí";
    REASON = "What brings you here? (optional)", "¿Qué lo trae por aquí? (opcional)";
    REASON_HINT = "A few words are enough. You can also leave it empty.", "Unas pocas palabras alcanzan. También puede dejarlo vacío.";
    CONTINUE = "Continue to review", "Continuar a la revisión";
    ANOTHER_TIME = "Choose another time", "Elegir otro horario";
    HELD_UNTIL = "Held for you until {time}", "Reservado para usted hasta las {time}";
    ONE_MINUTE_LEFT = "about {n} min left", "queda cerca de {n} min";
    MINUTES_LEFT = "about {n} min left", "quedan unos {n} min";
    LAST_MINUTE = "less than a minute left", "queda menos de un minuto";
    YOUR_BOOKING = "Your booking", "Su reserva";
    THERAPIST = "Therapist", "Terapeuta";
    WHEN = "When", "Cuándo";
    // --- review ---
    REVIEW_TITLE = "Does everything look right?", "¿Está todo bien?";
    CHANGE_DETAILS = "Change my details", "Cambiar mis datos";
    SEND_REQUEST = "Send request", "Enviar solicitud";
    CONFIRM_BOOKING = "Confirm booking", "Confirmar reserva";
    YES_FIRST_TIME = "First session here", "Primera sesión aquí";
    // --- lapsed ---
    LAPSED_TITLE = "The time was no longer held", "El horario ya no estaba reservado";
    LAPSED_BODY = "It was held for {span}. Nothing you typed is lost: take the time again, or choose another one.", "Estuvo reservado por {span}. No se perdió nada de lo que escribió: tome el horario otra vez o elija otro.";
    TAKE_AGAIN = "Take it again", "Tomarlo otra vez";
    TAKE_AGAIN_AND_CONTINUE = "Take it again and continue", "Tomarlo otra vez y continuar";
}
