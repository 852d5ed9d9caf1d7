//! Words used everywhere.

contracts::texts! {
    CALMA = "Calma", "Calma";
    SKIP_TO_CONTENT = "Skip to content", "Ir al contenido";
    SAVE = "Save", "Guardar";
    CANCEL = "Cancel", "Cancelar";
    BACK = "Back", "Volver";
    CLOSE = "Close", "Cerrar";
    LOADING = "Loading…", "Cargando…";
    LANGUAGE = "Language", "Idioma";
    REFRESH = "Refresh", "Actualizar";
    TRY_AGAIN = "Try again", "Intentar de nuevo";
    NOT_FOUND_TITLE = "This page does not exist", "Esta página no existe";
    NOT_FOUND_BODY = "The address may be mistyped, or the page is no longer public.", "Quizás la dirección tenga un error o la página ya no sea pública.";
    TO_START = "Go to the start page", "Ir a la página de inicio";
    NEW_VERSION = "Calma was updated. Reload the page to go on.", "Calma se actualizó. Recargue la página para continuar.";
    RELOAD = "Reload", "Recargar";
    OFFLINE = "Connection lost. What you see may be out of date.", "Sin conexión. Lo que ve puede estar desactualizado.";
}
