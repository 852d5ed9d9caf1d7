//! The patient's side: one booking, and all of them after signing in (003's client dashboard).

contracts::texts! {
    // --- titles by status ---
    TITLE_HELD = "This time is held for you", "Este horario está reservado para usted";
    TITLE_PENDING = "Your booking request", "Su solicitud de reserva";
    TITLE_AWAITING = "Payment required", "Falta el pago";
    TITLE_SUBMITTED = "Payment under review", "Pago en revisión";
    TITLE_PROCESSING = "Payment in progress", "Pago en curso";
    TITLE_CONFIRMED = "Confirmed session", "Sesión confirmada";
    TITLE_DECLINED = "Booking declined", "Reserva rechazada";
    TITLE_CANCELLED = "Booking cancelled", "Reserva cancelada";
    TITLE_EXPIRED = "Booking expired", "Reserva vencida";
    // --- what it means ---
    SAY_HELD = "Your details are not sent yet. Go on to send your request.", "Sus datos aún no se enviaron. Continúe para enviar la solicitud.";
    SAY_PENDING = "Waiting for {name} to approve. We will tell you by e-mail; this page also changes by itself.", "Esperando que {name} apruebe. Le avisaremos por correo; esta página también cambia sola.";
    SAY_AWAITING = "Approved! Please pay and send the proof.", "¡Aprobada! Realice el pago y envíe el comprobante.";
    SAY_SUBMITTED = "We have your payment proof. It is being checked.", "Recibimos su comprobante. Lo están verificando.";
    SAY_PROCESSING = "Your payment is being processed. This takes a moment.", "Su pago se está procesando. Tarda un momento.";
    SAY_CONFIRMED = "Confirmed! Your session is ready.", "¡Confirmada! Su sesión está lista.";
    SAY_DECLINED = "{name} is not available at this time.", "{name} no está disponible en este horario.";
    SAY_CANCELLED_BY_YOU = "You cancelled this booking.", "Usted canceló esta reserva.";
    SAY_CANCELLED = "This booking was cancelled by the practice.", "El consultorio canceló esta reserva.";
    SAY_EXPIRED = "The time to complete this booking ran out, so the slot is free again.", "Se acabó el tiempo para completar esta reserva y el horario quedó libre.";
    REASON = "Reason", "Motivo";
    UNTIL = "Until {when}", "Hasta el {when}";
    DEADLINE = "Please pay by", "Pagar antes de";
    ANSWER_BY = "Answer by", "Respuesta antes de";
    STATUS = "Status", "Estado";
    PAID = "paid", "pagado";
    PRICE_PAID = "{price} (paid ✓)", "{price} (pagado ✓)";
    // --- paying ---
    HOW_TO_PAY = "How to pay", "Cómo pagar";
    SEND_AMOUNT = "Send {price} in one of these ways and write the reference on it.", "Envíe {price} por una de estas vías y escriba la referencia en el pago.";
    MPESA = "M-Pesa", "M-Pesa";
    BANK = "Bank account", "Cuenta bancaria";
    CASH = "Cash", "Efectivo";
    CASH_BODY = "You can pay in cash at the practice.", "Puede pagar en efectivo en el consultorio.";
    REFERENCE = "Reference", "Referencia";
    COPY = "Copy", "Copiar";
    COPIED = "Copied", "Copiado";
    ASK_PRACTICE = "Please ask the practice how to pay.", "Consulte al consultorio cómo pagar.";
    PAID_AT_SESSION = "You pay at the session.", "Se paga en la sesión.";
    PROOF_TITLE = "I have paid", "Ya pagué";
    PROOF_REFERENCE = "Transaction number", "Número de transacción";
    PROOF_REFERENCE_HINT = "As it stands on your receipt or message, for example ABC123XYZ.", "Como figura en su comprobante o mensaje, por ejemplo ABC123XYZ.";
    PROOF_METHOD = "How did you pay?", "¿Cómo pagó?";
    PROOF_FILE = "Receipt (optional)", "Comprobante (opcional)";
    PROOF_FILE_HINT = "A picture (PNG, JPEG, WebP) or a PDF, up to 10 MB.", "Una imagen (PNG, JPEG, WebP) o un PDF, hasta 10 MB.";
    SEND_PROOF = "Send payment proof", "Enviar comprobante";
    PROOF_SENT = "Your proof was sent.", "Su comprobante fue enviado.";
    PROOF_REJECTED = "The last proof could not be accepted:", "El último comprobante no se pudo aceptar:";
    TRANSACTION = "Transaction", "Transacción";
    LATE_PROOF_TITLE = "Paid after all?", "¿Pagó igualmente?";
    LATE_PROOF_BODY = "If you have paid, send the proof here. If the time is still free you keep it; otherwise the practice returns the money or keeps it as credit.", "Si pagó, envíe el comprobante aquí. Si el horario sigue libre, lo conserva; si no, el consultorio devuelve el dinero o lo guarda como crédito.";
    LATE_SENT = "We have your proof. The practice decides about your money and tells you.", "Recibimos su comprobante. El consultorio decide sobre su dinero y le avisa.";
    LATE_CREDIT = "The practice keeps your payment as credit for you.", "El consultorio guarda su pago como crédito a su favor.";
    LATE_REFUNDED = "Your payment was returned.", "Su pago fue devuelto.";
    // --- actions ---
    JOIN = "Join session", "Entrar a la sesión";
    ADD_TO_CALENDAR = "Add to calendar", "Agregar al calendario";
    BOOK_ANOTHER = "Book another time", "Reservar otro horario";
    OPEN = "Open", "Abrir";
    PAY = "Pay and send proof", "Pagar y enviar comprobante";
    CONTINUE = "Continue", "Continuar";
    CANCEL_REQUEST = "Cancel request", "Cancelar solicitud";
    CANCEL_BOOKING = "Cancel booking", "Cancelar reserva";
    CANCEL_TITLE = "Cancel this booking?", "¿Cancelar esta reserva?";
    CANCEL_BODY = "The time on {when} becomes free for others, and {name} is told.", "El horario del {when} queda libre para otras personas y se avisa a {name}.";
    CANCEL_REASON = "Reason (optional)", "Motivo (opcional)";
    YES_CANCEL = "Yes, cancel it", "Sí, cancelar";
    TOO_LATE_TO_CANCEL = "To cancel now, please contact the practice.", "Para cancelar ahora, comuníquese con el consultorio.";
    REFRESH = "Refresh", "Actualizar";
    UPDATED = "Updated {ago}", "Actualizado {ago}";
    CHANGED = "Your booking is now: {status}", "Su reserva ahora está: {status}";
    KEEP_LINK = "Keep this page's address: it is the way back to your booking.", "Guarde la dirección de esta página: es el camino de vuelta a su reserva.";
    SENT_TO = "We have also sent it to your e-mail.", "También la enviamos a su correo.";
    // --- my bookings ---
    MY_TITLE = "My bookings", "Mis reservas";
    MY_LEAD = "Enter the e-mail address you booked with. We send you a link to all your bookings.", "Escriba el correo con el que reservó. Le enviamos un enlace a todas sus reservas.";
    EMAIL = "E-mail", "Correo electrónico";
    SEND_LINK = "Send me the link", "Enviarme el enlace";
    LINK_SENT_TITLE = "Look into your mail", "Revise su correo";
    LINK_SENT = "If there are bookings with this address, a link is on its way. It works once and for a short time.", "Si hay reservas con ese correo, un enlace está en camino. Sirve una sola vez y por poco tiempo.";
    SIGN_IN_TITLE = "Open my bookings", "Abrir mis reservas";
    SIGN_IN_BODY = "One more click, so that only you use this link.", "Un clic más, para que solo usted use este enlace.";
    SIGN_IN = "Show my bookings", "Ver mis reservas";
    NEW_LINK = "Ask for a new link", "Pedir un enlace nuevo";
    SIGNED_IN_AS = "Bookings of {email}", "Reservas de {email}";
    SIGN_OUT = "Sign out", "Salir";
    GROUP_ACTION = "Waiting for you", "Esperan por usted";
    GROUP_WAITING = "Waiting for the practice", "Esperan al consultorio";
    GROUP_CONFIRMED = "Confirmed sessions", "Sesiones confirmadas";
    GROUP_PAST = "Earlier and closed", "Anteriores y cerradas";
    NO_BOOKINGS = "There are no bookings with this address yet.", "Todavía no hay reservas con este correo.";
    PLEASE_SIGN_IN = "Please ask for a link first.", "Primero pida un enlace.";
}
