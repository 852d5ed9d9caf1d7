//! Words of the members' page.

contracts::texts! {
    TITLE = "Members", "Miembros";
    INTRO = "People who can log in to this practice, and what they may do.", "Personas que pueden entrar a este consultorio y lo que pueden hacer.";
    NAME = "Name", "Nombre";
    EMAIL = "E-mail", "Correo";
    ROLE = "Role", "Rol";
    STATE = "State", "Estado";
    ACTIONS = "Actions", "Acciones";
    ACTIVE = "Active", "Activo";
    DISABLED = "Disabled", "Desactivado";
    YOU = "you", "usted";
    DISABLE = "Disable", "Desactivar";
    ENABLE = "Enable", "Activar";
    DISABLE_NAME = "Disable {name}", "Desactivar a {name}";
    ENABLE_NAME = "Enable {name}", "Activar a {name}";
    INVITATIONS = "Open invitations", "Invitaciones abiertas";
    NO_INVITATIONS = "Nobody is invited right now.", "No hay invitaciones pendientes.";
    VALID_UNTIL = "Valid until {date}", "Válida hasta {date}";
    REVOKE = "Take back", "Retirar";
    REVOKE_EMAIL = "Take back the invitation of {email}", "Retirar la invitación de {email}";
    INVITE = "Invite somebody", "Invitar a alguien";
    INVITE_HELP = "They get an e-mail with a link that works once.", "Recibe un correo con un enlace que funciona una sola vez.";
    SEND = "Send the invitation", "Enviar la invitación";
    INVITED = "Invited. The e-mail is on its way.", "Invitación enviada. El correo está en camino.";
    CHANGED = "Changed.", "Cambiado.";
    REVOKED = "The invitation was taken back.", "La invitación fue retirada.";
}
