//! Words of the settings for messages.

contracts::texts! {
    TITLE = "Messages", "Mensajes";
    HOW = "How patients are written to", "Cómo se escribe a los pacientes";
    DISCREET = "Discreet messages", "Mensajes discretos";
    DISCREET_HINT = "The subject says nothing, and neither service nor therapist are named.", "El asunto no dice nada, y no se nombran servicio ni terapeuta.";
    DISCREET_NAME = "Sender of discreet messages", "Remitente de los mensajes discretos";
    DISCREET_NAME_HINT = "A short name that gives nothing away. Empty: Calma.", "Un nombre corto que no revele nada. Vacío: Calma.";
    QUIET_FROM = "Quiet from", "Silencio desde";
    QUIET_UNTIL = "Quiet until", "Silencio hasta";
    QUIET_HINT = "On the patient's clock. Reminders and changes wait until then if that is soon enough; answers and the reminder just before a session do not wait. Both the same: never quiet.", "En la hora del paciente. Los recordatorios y cambios esperan hasta entonces si alcanza el tiempo; las respuestas y el recordatorio justo antes de la sesión no esperan. Ambas iguales: sin silencio.";
    ANNOUNCE_AFTER = "Seconds before a change is told", "Segundos antes de avisar un cambio";
    ANNOUNCE_HINT = "Corrections within this time become one message.", "Las correcciones en este tiempo se avisan en un solo mensaje.";
    REMINDERS = "Reminders", "Recordatorios";
    DAY = "A day before", "Un día antes";
    JOIN = "15 minutes before, with the link to the room", "15 minutos antes, con el enlace a la sala";
    PAYMENT = "Of what is still to be paid", "De lo que falta pagar";
    PAYMENT_HOURS = "Hours before the session", "Horas antes de la sesión";
    PAYMENT_HOURS_HINT = "For sessions made from now on. A series says so itself.", "Para sesiones creadas desde ahora. Cada serie define lo suyo.";
    WORDS = "Your own words", "Sus propias palabras";
    WORDS_HELP = "Choose a message and change its words. Names between double braces are filled in; {% if name %} … {% endif %} shows a part only where there is something to say.", "Elija un mensaje y cambie sus palabras. Los nombres entre llaves dobles se completan; {% if name %} … {% endif %} muestra una parte solo si hay algo que decir.";
    TEMPLATE = "Message", "Mensaje";
    LANGUAGE = "Language", "Idioma";
    CHANNEL = "Sent by", "Enviado por";
    SHOW = "Show", "Mostrar";
    SUBJECT = "Subject", "Asunto";
    BODY = "Text", "Texto";
    CONTENT_SID = "Content SID of the approved template", "Content SID de la plantilla aprobada";
    CONTENT_SID_HINT = "WhatsApp takes the first message to somebody only as a template that was approved at Twilio. With its id that template is sent instead of the text above; without it, what WhatsApp refuses goes by SMS.", "WhatsApp solo acepta el primer mensaje a alguien como una plantilla aprobada en Twilio. Con su id se envía esa plantilla en lugar del texto de arriba; sin él, lo que WhatsApp rechaza sale por SMS.";
    CONTENT_VARIABLES = "Names for its placeholders, in order", "Nombres para sus espacios, en orden";
    CONTENT_VARIABLES_HINT = "With commas between, e.g. patient_name, when, link: the first fills {{1}}.", "Separados por comas, p. ej. patient_name, when, link: el primero completa {{1}}.";
    VARIABLES = "Names you can use", "Nombres que puede usar";
    OWN = "These are your own words.", "Estas son sus propias palabras.";
    BUILT_IN = "These are the built-in words.", "Estas son las palabras incluidas.";
    RESET = "Return to the built-in words", "Volver a las palabras incluidas";
    PREVIEW = "Preview, with an invented patient", "Vista previa, con un paciente inventado";
    PARTS_ONE = "Charged as {n} message", "Se cobra como {n} mensaje";
    PARTS = "Charged as {n} messages", "Se cobra como {n} mensajes";
    TEST = "Try it", "Probar";
    TEST_HELP = "Sends a test message. The outbox shows how far it came.", "Envía un mensaje de prueba. La bandeja muestra hasta dónde llegó.";
    TO = "Address or number", "Dirección o número";
    SEND_TEST = "Send a test", "Enviar prueba";
    TEST_SENT = "It is on its way.", "Está en camino.";
}
