//! Words of the diary.

contracts::texts! {
    TITLE = "Diary", "Agenda";
    WEEK_OF = "Week of {from} to {until}", "Semana del {from} al {until}";
    PREVIOUS = "Previous week", "Semana anterior";
    NEXT = "Next week", "Semana siguiente";
    THIS_WEEK = "This week", "Esta semana";
    WEEK = "Week", "Semana";
    LIST = "List", "Lista";
    CALENDAR = "Calendar", "Calendario";
    NOTHING = "Nothing booked", "Sin reservas";
    EMPTY_WEEK = "Nothing is booked in this week.", "No hay reservas en esta semana.";
    OPEN_HOURS = "Open {from} to {until}", "Abierto de {from} a {until}";
    CLOSED = "Closed", "Cerrado";
    ALL_TIMES = "All times are in {zone}.", "Los horarios son de {zone}.";
    NOW = "Now", "Ahora";
    FROM_TO = "{from} to {until}", "{from} a {until}";
}
