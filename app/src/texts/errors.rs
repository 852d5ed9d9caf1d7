//! What went wrong, what is safe, what to do next.

contracts::texts! {
    VALIDATION = "Please check the marked fields. Nothing was changed.", "Revise los campos marcados. No se cambió nada.";
    UNAUTHENTICATED = "Please log in first.", "Primero inicie sesión.";
    INVALID_CREDENTIALS = "The e-mail address or the password is not right.", "El correo o la contraseña no son correctos.";
    EMAIL_UNCONFIRMED = "Please confirm your e-mail address first: we sent you a link.", "Primero confirme su correo: le enviamos un enlace.";
    FORBIDDEN = "Your role does not allow this. Nothing was changed.", "Su rol no permite esto. No se cambió nada.";
    NOT_FOUND = "This does not exist, or is no longer there.", "Esto no existe o ya no está.";
    SLOT_TAKEN = "Someone else has just taken this time. These are the nearest free ones.", "Otra persona acaba de tomar este horario. Estos son los más cercanos.";
    SLOT_UNAVAILABLE = "This time cannot be booked. Please choose one from the list.", "Este horario no se puede reservar. Elija uno de la lista.";
    HOLD_LAPSED = "The time was no longer held for you. What you typed is still here.", "El horario ya no estaba reservado para usted. Lo que escribió sigue aquí.";
    CONFLICT = "Someone else was faster. Here is how it stands now.", "Alguien se adelantó. Así está ahora.";
    LINK_INVALID = "This link has been used or is too old. Please ask for a new one.", "Este enlace ya se usó o venció. Pida uno nuevo.";
    RATE_LIMITED = "Too many attempts. Please wait a little and try again.", "Demasiados intentos. Espere un momento y vuelva a intentar.";
    TOO_LARGE = "The file is larger than 10 MB.", "El archivo supera los 10 MB.";
    UNSUPPORTED_FILE = "Please use a PNG, JPEG or WebP picture, or a PDF for receipts.", "Use una imagen PNG, JPEG o WebP, o un PDF para comprobantes.";
    BOOKINGS_IN_THE_WAY = "There are bookings at that time. Choose what happens to them.", "Hay reservas en ese horario. Elija qué pasa con ellas.";
    IDEMPOTENCY_MISMATCH = "This request was sent before with other contents.", "Esta solicitud ya se envió con otro contenido.";
    UNAVAILABLE = "Calma cannot be reached right now. What you typed is still here; try again in a moment.", "Calma no responde en este momento. Lo que escribió sigue aquí; intente de nuevo en un momento.";
    INTERNAL = "Something went wrong on our side. Nothing was lost; please try again.", "Algo falló de nuestro lado. No se perdió nada; intente de nuevo.";
    REQUIRED = "Please fill this in.", "Complete este campo.";
    TOO_SHORT = "This is too short.", "Es demasiado corto.";
    TOO_LONG = "This is too long.", "Es demasiado largo.";
    INVALID_EMAIL = "This is not an e-mail address. Example: ana@example.com", "No es un correo válido. Ejemplo: ana@example.com";
    INVALID_PHONE = "Write the number with its country code. Example: +54 9 11 1234 5678", "Escriba el número con código de país. Ejemplo: +54 9 11 1234 5678";
    INVALID_NUMBER = "This is not a number.", "No es un número.";
    OUT_OF_RANGE = "This is outside the allowed range.", "Está fuera del rango permitido.";
    NOT_STEP_OF_FIVE = "Use a multiple of 5 minutes.", "Use un múltiplo de 5 minutos.";
    INVALID_TIME = "Write a time such as 09:00.", "Escriba una hora como 09:00.";
    INVALID_DATE = "This is not a date.", "No es una fecha.";
    END_BEFORE_START = "The end must be after the start.", "El final debe ser posterior al inicio.";
    OVERLAPS = "This time overlaps with an existing block.", "Este horario se superpone con otro bloque.";
    BLOCK_TOO_SHORT = "A block has at least 30 minutes.", "Un bloque tiene al menos 30 minutos.";
    INVALID_TIME_ZONE = "This time zone is not known.", "Esta zona horaria no se conoce.";
    INVALID_CURRENCY = "This currency is not known.", "Esta moneda no se conoce.";
    INVALID_SLUG = "Use 3 to 60 small letters, digits and dashes.", "Use de 3 a 60 letras minúsculas, números y guiones.";
    TAKEN = "This is taken already.", "Ya está en uso.";
    PASSWORD_UPPER = "Add a capital letter.", "Agregue una mayúscula.";
    PASSWORD_LOWER = "Add a small letter.", "Agregue una minúscula.";
    PASSWORD_DIGIT = "Add a digit.", "Agregue un número.";
    PASSWORD_SYMBOL = "Add a symbol, such as ! or -.", "Agregue un símbolo, como ! o -.";
    PASSWORD_COMMON = "This password is well known. Choose another one.", "Esta contraseña es muy conocida. Elija otra.";
    MUST_ACCEPT = "Please accept this to go on.", "Debe aceptar para continuar.";
    INVALID_CHOICE = "Please choose one of the options.", "Elija una de las opciones.";
    OTHER_SORT = "The list was ordered differently before. Please begin at its first page.", "La lista estaba en otro orden. Empiece por su primera página.";
}
