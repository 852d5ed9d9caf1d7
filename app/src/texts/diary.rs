//! Words of the diary.

contracts::texts! {
    TITLE = "Diary", "Agenda";
    WEEK_OF = "Week of {from} to {until}", "Semana del {from} al {until}";
    PREVIOUS = "Earlier", "Antes";
    NEXT = "Later", "Después";
    THIS_WEEK = "This week", "Esta semana";
    WEEK = "Week", "Semana";
    LIST = "List", "Lista";
    CALENDAR = "Calendar", "Calendario";
    NOTHING = "Nothing booked", "Sin reservas";
    EMPTY_WEEK = "Nothing is booked here.", "No hay reservas aquí.";
    OPEN_HOURS = "Open {from} to {until}", "Abierto de {from} a {until}";
    TAKEN_OUTSIDE = "Busy in another calendar: {from} to {until}", "Ocupado en otro calendario: de {from} a {until}";
    CLOSED = "Closed", "Cerrado";
    ALL_TIMES = "All times are in {zone} time.", "Todos los horarios están en hora de {zone}.";
    NOW = "Now", "Ahora";
    FROM_TO = "{from} to {until}", "{from} a {until}";
    TODAY = "Today", "Hoy";
    DAY = "Day", "Día";
    MONTH = "Month", "Mes";
    VIEWS = "How to look at it", "Cómo verla";
    EVERYBODY = "Everybody", "Todos";
    MORE = "{n} more", "{n} más";
    MOVE_KEY = ", press M to move", ", presione M para cambiarla";
    MOVED = "The session has its new time.", "La sesión tiene su horario nuevo.";
}
