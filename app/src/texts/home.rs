//! The start page and what stands around public pages.

contracts::texts! {
    LOG_IN = "Log in", "Ingresar";
    REGISTER = "Register a practice", "Registrar un consultorio";
    MY_BOOKINGS = "My bookings", "Mis reservas";
    MAIN_NAVIGATION = "Main", "Principal";
    LANGUAGE_CHOICE = "Language", "Idioma";
    OPEN_SOURCE = "Calma is free, open-source software for therapy practices.", "Calma es software libre y abierto para consultorios de terapia.";
    TITLE = "Calm booking for therapy practices", "Reservas en calma para consultorios de terapia";
    DESCRIPTION = "Patients book a time by themselves, therapists see it at once, and nobody is ever double-booked.", "Los pacientes reservan por su cuenta, los terapeutas lo ven al instante y nunca se superponen dos sesiones.";
    LEAD = "Your patients choose a time that suits them. You approve it, they pay, and both of you see the same thing at the same moment. No calls back and forth, no double bookings.", "Sus pacientes eligen el horario que les conviene. Usted lo aprueba, ellos pagan y ambos ven lo mismo en el mismo momento. Sin llamadas de ida y vuelta, sin turnos superpuestos.";
    FOR_PATIENTS = "For patients", "Para pacientes";
    FOR_PATIENTS_BODY = "Book on your therapist's page without an account. Your link shows where your booking stands.", "Reserve en la página de su terapeuta sin crear una cuenta. Su enlace muestra cómo va la reserva.";
    FOR_THERAPISTS = "For therapists", "Para terapeutas";
    FOR_THERAPISTS_BODY = "Set your hours once. Requests, payments to check and today's sessions are on one page.", "Defina sus horarios una vez. Solicitudes, pagos por verificar y sesiones de hoy están en una sola página.";
    FOR_PRACTICES = "For practices", "Para consultorios";
    FOR_PRACTICES_BODY = "Several therapists, clear roles, every change on record. Your data stays with you.", "Varios terapeutas, roles claros, cada cambio registrado. Sus datos quedan con usted.";
}
