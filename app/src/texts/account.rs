//! Logging in, registering, passwords, invitations.

contracts::texts! {
    LOG_IN = "Log in", "Ingresar";
    LOG_IN_TITLE = "Log in to your practice", "Ingresar a su consultorio";
    EMAIL = "E-mail", "Correo electrónico";
    PASSWORD = "Password", "Contraseña";
    PASSWORD_HINT = "At least 12 characters, with capital and small letters, a digit and a symbol.", "Al menos 12 caracteres, con mayúsculas, minúsculas, un número y un símbolo.";
    FORGOT_LINK = "I forgot my password", "Olvidé mi contraseña";
    NO_ACCOUNT = "No account yet? Register a practice", "¿Aún no tiene cuenta? Registre un consultorio";
    HAVE_ACCOUNT = "You have an account? Log in", "¿Ya tiene cuenta? Ingrese";
    REGISTER_TITLE = "Register a practice", "Registrar un consultorio";
    REGISTER_LEAD = "A therapist alone is a practice of one. You can invite others later.", "Un terapeuta solo es un consultorio de una persona. Después puede invitar a otros.";
    PRACTICE_NAME = "Name of the practice", "Nombre del consultorio";
    YOUR_NAME = "Your name", "Su nombre";
    CURRENCY = "Currency", "Moneda";
    TIME_ZONE = "Time zone", "Zona horaria";
    LANGUAGE = "Language", "Idioma";
    IS_THERAPIST = "I give sessions myself", "También atiendo sesiones";
    REGISTER = "Register", "Registrar";
    CHECK_MAIL_TITLE = "Look into your mail", "Revise su correo";
    CHECK_MAIL = "We have sent you a link to confirm your address. After that you can log in.", "Le enviamos un enlace para confirmar su correo. Después podrá ingresar.";
    CONFIRM_TITLE = "Confirm your e-mail", "Confirmar su correo";
    CONFIRM_BODY = "One more click and your practice is ready.", "Un clic más y su consultorio está listo.";
    CONFIRM = "Confirm", "Confirmar";
    CONFIRMED = "Your address is confirmed. You can log in now.", "Su correo está confirmado. Ya puede ingresar.";
    FORGOT_TITLE = "Forgot your password?", "¿Olvidó su contraseña?";
    FORGOT_BODY = "Enter your address and we send you a link to choose a new one.", "Escriba su correo y le enviamos un enlace para elegir una nueva.";
    SEND_LINK = "Send the link", "Enviar el enlace";
    FORGOT_SENT = "If there is an account with this address, a link is on its way.", "Si hay una cuenta con ese correo, un enlace está en camino.";
    RESET_TITLE = "Choose a new password", "Elegir una contraseña nueva";
    NEW_PASSWORD = "New password", "Contraseña nueva";
    SAVE_PASSWORD = "Save password", "Guardar contraseña";
    RESET_DONE = "Your new password is saved. Please log in with it.", "Su contraseña nueva está guardada. Ingrese con ella.";
    NEW_LINK = "Ask for a new link", "Pedir un enlace nuevo";
    INVITE_TITLE = "Join {practice}", "Unirse a {practice}";
    INVITE_BODY = "You are invited as {role}, with the address {email}.", "Está invitado como {role}, con el correo {email}.";
    INVITE_HAS_ACCOUNT = "You have an account with this address: confirm with its password.", "Ya tiene una cuenta con este correo: confirme con su contraseña.";
    JOIN = "Join", "Unirme";
    ROLE_ADMIN = "owner", "titular";
    ROLE_OPERATOR = "front desk", "recepción";
    ROLE_THERAPIST = "therapist", "terapeuta";
    ROLE_CAREGIVER = "caregiver", "cuidador";
    ROLE_ACCOUNTANT = "accountant", "contador";
    ROLE_VIEWER = "viewer", "observador";
}
