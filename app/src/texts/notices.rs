//! Words of the bell.

contracts::texts! {
    TITLE = "Notices", "Avisos";
    INTRO = "What happened while you were busy.", "Lo que pasó mientras estaba ocupado.";
    BELL = "Notices", "Avisos";
    UNREAD_ONE = "{n} unread", "{n} sin leer";
    UNREAD = "{n} unread", "{n} sin leer";
    EMPTY = "Nothing new.", "Nada nuevo.";
    NEW = "New", "Nuevo";
    READ = "Mark as read", "Marcar como leído";
    READ_OF = "{what}:", "{what}:";
    READ_ALL = "Mark all as read", "Marcar todo como leído";
    OPEN = "Open", "Abrir";
    A_PATIENT = "a patient", "un paciente";
    NEW_REQUEST = "New booking by {name}", "Nueva reserva de {name}";
    PROOF_TO_VERIFY = "Payment to check from {name}", "Pago por verificar de {name}";
    CANCELLED_BY_PATIENT = "{name} cancelled", "{name} canceló";
    MOVED_BY_PATIENT = "{name} chose another time", "{name} eligió otro horario";
    MESSAGE_FAILED = "A message to {name} did not arrive", "Un mensaje a {name} no llegó";
    SERIES_SKIPPED = "A session of {name}'s series was passed over", "Se omitió una sesión de la serie de {name}";
    RESCHEDULE_REQUESTED = "Another time is asked for, for {name}", "Se pide otro horario para {name}";
    RESCHEDULE_DECIDED = "Your request for {name} was answered", "Su pedido para {name} fue respondido";
    CALENDAR_CONFLICT = "A calendar does not fit the diary", "Un calendario no coincide con la agenda";
    CALENDAR_LOST = "A calendar has to be connected again", "Hay que conectar de nuevo un calendario";
    SESSION_AT = "Session: {when}", "Sesión: {when}";
}
