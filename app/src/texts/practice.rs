//! Words around all of the practice's pages.

contracts::texts! {
    NAV = "Main", "Principal";
    TODAY = "Today", "Hoy";
    DIARY = "Diary", "Agenda";
    SESSIONS = "Sessions", "Sesiones";
    REQUESTS = "Requests", "Pedidos";
    AVAILABILITY = "Availability", "Disponibilidad";
    PATIENTS = "Patients", "Pacientes";
    MESSAGES = "Messages", "Mensajes";
    SETTINGS = "Settings", "Ajustes";
    MEMBERS = "Members", "Miembros";
    AUDIT = "Audit log", "Registro";
    WAITING_ONE = "{n} waiting for you", "{n} espera su respuesta";
    WAITING = "{n} waiting for you", "{n} esperan su respuesta";
    FAILED_MESSAGES = "{n} not delivered", "{n} sin entregar";
    ACCOUNT = "Account", "Cuenta";
    LOGGED_IN_AS = "Logged in as {name}", "Sesión de {name}";
    SWITCH_TO = "Go to {practice}", "Ir a {practice}";
    LOG_OUT = "Log out", "Cerrar sesión";
    LOG_IN = "Log in", "Iniciar sesión";
    SHORTCUTS = "Keyboard shortcuts", "Atajos de teclado";
    KEY_HELP = "Show this list", "Mostrar esta lista";
    KEY_REFRESH = "Refresh", "Actualizar";
    THEN = "then", "luego";
    DONE = "Saved.", "Guardado.";
    PAGE_FAILED = "This page could not be loaded", "No se pudo cargar esta página";
    NO_PERMISSION = "Your role does not show this page.", "Su rol no muestra esta página.";
    ROLE_ADMIN = "Owner", "Titular";
    ROLE_OPERATOR = "Front desk", "Recepción";
    ROLE_THERAPIST = "Therapist", "Terapeuta";
    ROLE_CAREGIVER = "Caregiver", "Cuidador";
    ROLE_ACCOUNTANT = "Accountant", "Contabilidad";
    ROLE_VIEWER = "Read only", "Solo lectura";
    MORE = "Show more", "Mostrar más";
    NEWEST = "Back to the newest", "Volver a lo más reciente";
    THERAPIST = "Therapist", "Terapeuta";
    SHOW = "Show", "Mostrar";
    DELETE = "Delete", "Eliminar";
    EDIT = "Edit", "Editar";
}
