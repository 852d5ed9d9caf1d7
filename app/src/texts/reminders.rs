//! Words of the page on which patients choose their reminders.

contracts::texts! {
    TITLE = "Reminders", "Recordatorios";
    LEAD = "{practice} reminds you of your sessions. Choose where.", "{practice} le recuerda sus sesiones. Elija por dónde.";
    LEAD_PLAIN = "You are reminded of your sessions. Choose where.", "Se le recuerdan sus sesiones. Elija por dónde.";
    ON = "On", "Activado";
    OFF = "Off", "Desactivado";
    STOP = "Stop", "Desactivar";
    START = "Switch on", "Activar";
    ABOUT = "Reminders by {way}", "Recordatorios por {way}";
    NEWS = "News about your booking (a confirmation, a new time, a cancellation) still reaches you by e-mail.", "Las novedades de su reserva (confirmación, nuevo horario, cancelación) le siguen llegando por correo.";
    NOWHERE = "There is no address to remind you at.", "No hay una dirección adonde recordarle.";
    SAVED = "Saved.", "Guardado.";
    BACK = "Back to the booking", "Volver a la reserva";
}
