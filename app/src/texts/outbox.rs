//! Words of the outbox.

contracts::texts! {
    TITLE = "Messages", "Mensajes";
    INTRO = "Every message Calma writes to people, with its full text.", "Todos los mensajes que Calma envía, con su texto completo.";
    FILTER = "Filter", "Filtrar";
    ALL_MESSAGES = "All", "Todos";
    QUEUED = "Waiting", "En espera";
    SENT = "Sent", "Enviados";
    FAILED = "Not delivered", "Sin entregar";
    STATUS_QUEUED = "Waiting", "En espera";
    STATUS_SENT = "Sent", "Enviado";
    STATUS_FAILED = "Not delivered", "Sin entregar";
    EMPTY = "No messages here.", "No hay mensajes.";
    TO = "To", "Para";
    WRITTEN = "Written", "Escrito";
    SENT_AT = "Sent", "Enviado";
    ATTEMPTS = "Attempts", "Intentos";
    LAST_ERROR = "The mail server said", "El servidor de correo respondió";
    RESEND = "Send again", "Enviar de nuevo";
    RESEND_TO = "Send \"{subject}\" again", "Enviar de nuevo «{subject}»";
    RESENT = "It is on its way again.", "Está en camino de nuevo.";
    SEE_BOOKING = "See the booking", "Ver la reserva";
    TEXT = "Text", "Texto";
}
