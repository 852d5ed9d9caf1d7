//! Words of a therapist's own first page.

contracts::texts! {
    VIEWS = "What to see", "Qué ver";
    PRACTICE = "The practice", "El consultorio";
    MY_DAY = "My day", "Mi día";
    AVAILABILITY = "Change my availability", "Cambiar mi disponibilidad";
    PENDING = "To do", "Por hacer";
    NOTHING = "Nothing waits for you.", "No hay nada pendiente.";
    REPORTS = "Sessions that need a report", "Sesiones que necesitan un informe";
    REPORT_OF = "Write about {name}, {when}", "Escribir sobre {name}, {when}";
    REPORTS_HELP = "Nothing was noted since the session. A general note counts as a report.", "No se anotó nada desde la sesión. Una nota general cuenta como informe.";
    REQUESTS = "Waiting for an answer", "Esperan respuesta";
    REQUEST_OF = "{name}: from {from} to {to}", "{name}: del {from} al {to}";
    NEXT = "In the next 24 hours", "En las próximas 24 horas";
    NEXT_OF = "{name}, {when}", "{name}, {when}";
    TODAY = "Today", "Hoy";
    NO_TODAY = "No sessions today.", "Hoy no hay sesiones.";
    START = "Start", "Iniciar";
    COMPLETE = "Complete", "Realizada";
    DEED_OF = "{deed}: {name}, {time}", "{deed}: {name}, {time}";
    ADD_NOTE = "Add a note", "Agregar una nota";
    NOTE_ABOUT = "Note about {name}", "Nota sobre {name}";
    NOTE_HINT = "Administrative, not clinical.", "Administrativa, no clínica.";
    NOTE_SAVE = "Save the note", "Guardar la nota";
    DONE = "Saved.", "Guardado.";
    WEEK = "This week", "Esta semana";
    SESSIONS_ONE = "{n} session", "{n} sesión";
    SESSIONS = "{n} sessions", "{n} sesiones";
    CLOSED = "Closed", "Cerrado";
    GAP = "Free {from}–{until}", "Libre {from}–{until}";
    CONFLICTS_ONE = "{n} conflict", "{n} conflicto";
    CONFLICTS = "{n} conflicts", "{n} conflictos";
    CONFLICT_HELP = "A conflict is a session outside your opening hours, or over something in your own calendar.", "Un conflicto es una sesión fuera de su horario, o sobre algo de su propio calendario.";
    PATIENTS = "My patients", "Mis pacientes";
    NO_PATIENTS = "Nobody is assigned to you yet.", "Todavía no tiene pacientes asignados.";
    NEXT_AT = "Next: {when}", "Próxima: {when}";
    LAST_AT = "Last: {when}", "Última: {when}";
    NEEDS_REPORT = "Needs a report", "Necesita un informe";
    ALL_PATIENTS = "All patients", "Todos los pacientes";
}
