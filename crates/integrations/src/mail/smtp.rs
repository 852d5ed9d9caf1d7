//! E-mail over SMTP.

use super::{Email, MailError, Mailer};
use crate::cache::Later;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::{Error as SmtpError, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::error::Error as _;
use std::time::Duration;

/// How long one e-mail may take, connection included.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Length of what is kept of a server's answer.
const WORDS: usize = 300;

/// The mail settings make no sense. The text never holds the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailSetupError {
    #[error(
        "the address of the mail server must look like smtp://host:25, smtp+starttls://user:password@host or smtps://user:password@host"
    )]
    Server,
    #[error("the sender must be a plain e-mail address such as calma@example.com")]
    Sender,
}

/// Sends through one mail server, keeping connections open for a while.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
}

impl SmtpMailer {
    /// `url` is `smtp://host:port` (no encryption: only for this machine), `smtp+starttls://user:password@host` or
    /// `smtps://user:password@host`; user and password are percent-encoded. `from` is the address all mail comes from.
    /// Call it inside a Tokio runtime.
    ///
    /// # Errors
    /// When either cannot be understood. Nothing is connected yet.
    pub fn new(url: &str, from: &str) -> Result<Self, MailSetupError> {
        let from = from.trim().parse().map_err(|_| MailSetupError::Sender)?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&lettre_url(url.trim())?);
        let transport = builder
            .map_err(|_| MailSetupError::Server)?
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(4))
            .build();
        Ok(Self { transport, from })
    }

    async fn deliver(&self, email: &Email) -> Result<(), MailError> {
        let message = message(&self.from, email)?;
        match tokio::time::timeout(TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(explained(&error)),
            Err(_) => Err(MailError::Temporary("the mail server did not answer in time".into())),
        }
    }
}

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, email: &'a Email) -> Later<'a, Result<(), MailError>> {
        Box::pin(self.deliver(email))
    }

    fn leaves_the_machine(&self) -> bool {
        true
    }
}

/// Our spelling of the server's address in lettre's.
fn lettre_url(url: &str) -> Result<String, MailSetupError> {
    match url.split_once("://") {
        Some(("smtp" | "smtps", rest)) if !rest.is_empty() => Ok(url.to_owned()),
        Some(("smtp+starttls", rest)) if !rest.is_empty() => Ok(format!("smtp://{rest}?tls=required")),
        _ => Err(MailSetupError::Server),
    }
}

/// Text and HTML side by side, and the calendar file behind them.
fn message(from: &Address, email: &Email) -> Result<Message, MailError> {
    let unbuildable = |what: &str| MailError::Permanent(format!("the message cannot be built: {what}"));
    let to: Address = email.to.parse().map_err(|_| unbuildable("the recipient's address is not valid"))?;
    let builder = Message::builder()
        .from(Mailbox::new(named(&email.from_name), from.clone()))
        .to(Mailbox::new(named(&email.to_name), to))
        .subject(email.subject.as_str())
        .message_id(Some(format!("<{}>", email.message_id.trim_matches(['<', '>']))))
        // RFC 3834: an absence notice must not answer this.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()));
    let body = MultiPart::alternative_plain_html(email.text.clone(), email.html.clone());
    let message = match &email.calendar {
        None => builder.multipart(body),
        Some(file) => builder.multipart(MultiPart::mixed().multipart(body).singlepart(calendar_part(file)?)),
    };
    message.map_err(|_| unbuildable("a header is not valid"))
}

fn calendar_part(file: &str) -> Result<SinglePart, MailError> {
    let method = if file.contains("\r\nMETHOD:CANCEL\r\n") { "CANCEL" } else { "PUBLISH" };
    let kind = ContentType::parse(&format!("text/calendar; charset=utf-8; method={method}"))
        .map_err(|_| MailError::Permanent("the calendar file cannot be attached".into()))?;
    Ok(Attachment::new("calma.ics".to_owned()).body(file.to_owned(), kind))
}

fn named(name: &str) -> Option<String> {
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Is it worth trying again, and what did the server say?
fn explained(error: &SmtpError) -> MailError {
    let code = error.status().map(u16::from);
    let words = match (code, error.source()) {
        (Some(code), Some(source)) => format!("{code} {source}"),
        (Some(code), None) => code.to_string(),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    };
    let words = without_addresses(&words);
    // 530, 534, 535 and 538 refuse our login, not this message: it may go out once the settings are right.
    let refuses_us = matches!(code, Some(530 | 534 | 535 | 538));
    if (error.is_permanent() && !refuses_us) || error.is_client() {
        MailError::Permanent(words)
    } else {
        MailError::Temporary(words)
    }
}

/// Servers like to repeat the address they refuse; it does not belong into logs and error columns.
fn without_addresses(words: &str) -> String {
    let kept: Vec<&str> = words.split_whitespace().map(|word| if word.contains('@') { "…" } else { word }).collect();
    kept.join(" ").chars().take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    fn email() -> Email {
        Email {
            to: "ana@example.com".into(),
            to_name: "Ana Díaz".into(),
            from_name: "Práctica Sol".into(),
            subject: "Tu sesión está confirmada".into(),
            text: "Hola Ana".into(),
            html: "<p>Hola Ana</p>".into(),
            calendar: Some("BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n".into()),
            message_id: "018f@calma.example".into(),
        }
    }

    fn formatted(email: &Email) -> String {
        let from = "calma@calma.example".parse().unwrap();
        String::from_utf8(message(&from, email).unwrap().formatted()).unwrap()
    }

    #[test]
    fn the_message_has_headers_both_texts_and_the_calendar() {
        let text = formatted(&email());
        assert!(text.contains("Message-ID: <018f@calma.example>\r\n"), "{text}");
        assert!(text.contains("Auto-Submitted: auto-generated\r\n"), "{text}");
        assert!(text.contains("<calma@calma.example>") && text.contains("<ana@example.com>"), "{text}");
        assert!(text.contains("multipart/mixed") && text.contains("multipart/alternative"), "{text}");
        assert!(text.contains("Content-Type: text/plain") && text.contains("Content-Type: text/html"), "{text}");
        assert!(text.contains("text/calendar") && text.contains("method=PUBLISH"), "{text}");
        assert!(text.contains("filename=\"calma.ics\""), "{text}");
        let mut cancelled = email();
        cancelled.calendar = Some("BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n".into());
        assert!(formatted(&cancelled).contains("method=CANCEL"));
    }

    #[test]
    fn without_a_calendar_there_is_no_attachment_and_names_cannot_add_headers() {
        let mut plain = email();
        plain.calendar = None;
        plain.to_name = "Ana\r\nBcc: eve@example.com".into();
        plain.subject = "Hi\r\nBcc: eve@example.com".into();
        let text = formatted(&plain);
        assert!(!text.contains("multipart/mixed"));
        assert!(!text.contains("\r\nBcc:"), "{text}");
    }

    #[test]
    fn an_address_that_is_none_fails_for_good() {
        let mut wrong = email();
        wrong.to = "nobody".into();
        let from = "calma@calma.example".parse().unwrap();
        assert!(matches!(message(&from, &wrong), Err(MailError::Permanent(_))));
    }

    #[tokio::test]
    async fn settings_are_checked_and_errors_keep_the_password() {
        for url in ["smtp://localhost:1025", "smtps://u:p%40ss@mail.example", "smtp+starttls://u:p@mail.example:587"] {
            assert!(SmtpMailer::new(url, "calma@example.com").is_ok(), "{url}");
        }
        for url in ["", "mail.example", "http://u:secret@mail.example", "smtp://"] {
            let error = SmtpMailer::new(url, "calma@example.com").err().unwrap();
            assert_eq!(error, MailSetupError::Server, "{url}");
            assert!(!error.to_string().contains("secret"));
        }
        assert_eq!(SmtpMailer::new("smtp://localhost", "Calma").err(), Some(MailSetupError::Sender));
    }

    /// A mail server for one connection: it answers `to_rcpt` to the recipient and returns what it was given as data.
    async fn stand_in(to_rcpt: &'static str) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (read, mut write) = listener.accept().await.unwrap().0.into_split();
            let mut lines = BufReader::new(read).lines();
            write.write_all(b"220 stand-in\r\n").await.unwrap();
            let (mut data, mut in_data) = (String::new(), false);
            while let Ok(Some(line)) = lines.next_line().await {
                let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                    "." if in_data => {
                        in_data = false;
                        "250 taken"
                    }
                    _ if in_data => {
                        data.push_str(&line);
                        data.push('\n');
                        continue;
                    }
                    "RCPT" => to_rcpt,
                    "DATA" => {
                        in_data = true;
                        "354 go on"
                    }
                    "QUIT" => {
                        write.write_all(b"221 bye\r\n").await.unwrap();
                        break;
                    }
                    _ => "250 ok",
                };
                write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            }
            data
        });
        (url, server)
    }

    async fn answer_to(to_rcpt: &'static str) -> Result<(), MailError> {
        let (url, server) = stand_in(to_rcpt).await;
        let answer = SmtpMailer::new(&url, "calma@calma.example").unwrap().send(&email()).await;
        server.abort();
        answer
    }

    #[tokio::test]
    async fn a_server_takes_the_mail() {
        let (url, server) = stand_in("250 ok").await;
        let mailer = SmtpMailer::new(&url, "calma@calma.example").unwrap();
        mailer.send(&email()).await.unwrap();
        mailer.transport.shutdown().await;
        let data = server.await.unwrap();
        assert!(data.contains("Message-ID: <018f@calma.example>"), "{data}");
    }

    #[tokio::test]
    async fn refusals_are_told_apart_and_name_nobody() {
        let gone = answer_to("550 5.1.1 <ana@example.com> User unknown").await;
        assert_eq!(gone, Err(MailError::Permanent("550 5.1.1 … User unknown".into())));
        let busy = answer_to("451 4.7.1 Greylisted, try later").await;
        assert_eq!(busy, Err(MailError::Temporary("451 4.7.1 Greylisted, try later".into())));
        let login = answer_to("530 5.7.0 Authentication required").await;
        assert!(matches!(login, Err(MailError::Temporary(_))), "{login:?}");
    }

    #[tokio::test]
    async fn nobody_listening_is_temporary() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        drop(listener);
        let answer = SmtpMailer::new(&url, "calma@calma.example").unwrap().send(&email()).await;
        assert!(matches!(answer, Err(MailError::Temporary(_))), "{answer:?}");
    }
}
