//! Asking other servers over HTTP/1.1: one connection per question, with limits of time and size.
//!
//! The address is resolved here and connected to as it was found, so what was looked at is what is spoken to: a name that
//! changes its meaning between the look and the connection gains nothing.

mod reach;

pub use hyper::header;
pub use hyper::{HeaderMap, Method, StatusCode};
pub use reach::Reach;
pub use url::Url;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper_util::rt::TokioIo;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::Host;

/// Why there is no answer. Addresses may be secrets, so none is in here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    #[error("the address cannot be asked")]
    Address,
    #[error("the address leads into an internal network")]
    Internal,
    #[error("the server cannot be reached")]
    Unreachable,
    #[error("the server's certificate is not trusted, or it does not speak TLS")]
    Untrusted,
    #[error("the server did not answer in time")]
    Late,
    #[error("the answer is too large")]
    TooLarge,
    #[error("the answer is not HTTP")]
    NotHttp,
}

/// One question.
#[derive(Debug, Clone)]
pub struct Question {
    pub method: Method,
    pub url: Url,
    pub headers: Vec<(HeaderName, String)>,
    pub body: Vec<u8>,
}

impl Question {
    pub fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: vec![], body: vec![] }
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn body(self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self.header(header::CONTENT_TYPE, kind) }
    }
}

/// What came back, whatever its status. Redirections are not followed.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// How much a question may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For everything: finding, connecting, asking, reading.
    pub within: Duration,
    /// Of the answer's body.
    pub bytes: usize,
}

#[derive(Clone)]
pub struct HttpClient {
    /// Always there: the provider is the library's own and knows the library's own versions.
    tls: Option<TlsConnector>,
    reach: Reach,
}

impl HttpClient {
    /// Trusts the certificates that this machine trusts; without any, only plain `http` can be asked.
    pub fn new(reach: Reach) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map(|builder| builder.with_root_certificates(roots).with_no_client_auth());
        Self { tls: config.ok().map(|config| TlsConnector::from(Arc::new(config))), reach }
    }

    /// # Errors
    /// When no whole answer came within the limits.
    pub async fn ask(&self, question: Question, limits: Limits) -> Result<Answer, HttpError> {
        tokio::time::timeout(limits.within, self.exchange(question, limits.bytes)).await.unwrap_or(Err(HttpError::Late))
    }

    async fn exchange(&self, question: Question, bytes: usize) -> Result<Answer, HttpError> {
        let secure = match question.url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(HttpError::Address),
        };
        let stream = connect(&self.addresses(&question.url).await?).await?;
        if !secure {
            return speak(stream, question, bytes).await;
        }
        let host = question.url.host().ok_or(HttpError::Address)?;
        let name = match host {
            Host::Domain(name) => ServerName::try_from(name.to_owned()).map_err(|_| HttpError::Address)?,
            Host::Ipv4(ip) => ServerName::from(IpAddr::V4(ip)),
            Host::Ipv6(ip) => ServerName::from(IpAddr::V6(ip)),
        };
        let tls = self.tls.as_ref().ok_or(HttpError::Untrusted)?;
        let stream = tls.connect(name, stream).await.map_err(|_| HttpError::Untrusted)?;
        speak(stream, question, bytes).await
    }

    /// Where the host is. One forbidden address among several forbids them all: who resolves into an internal network
    /// now and then is not to be trusted with the rest.
    async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, HttpError> {
        let port = url.port_or_known_default().ok_or(HttpError::Address)?;
        let found: Vec<SocketAddr> = match url.host().ok_or(HttpError::Address)? {
            Host::Ipv4(ip) => vec![SocketAddr::new(IpAddr::V4(ip), port)],
            Host::Ipv6(ip) => vec![SocketAddr::new(IpAddr::V6(ip), port)],
            Host::Domain(name) => {
                tokio::net::lookup_host((name, port)).await.map_err(|_| HttpError::Unreachable)?.collect()
            }
        };
        if found.iter().all(|address| self.reach.allows(address.ip())) { Ok(found) } else { Err(HttpError::Internal) }
    }
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, HttpError> {
    for address in addresses {
        if let Ok(stream) = TcpStream::connect(address).await {
            return Ok(stream);
        }
    }
    Err(HttpError::Unreachable)
}

async fn speak<S>(stream: S, question: Question, bytes: usize) -> Result<Answer, HttpError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|_| HttpError::NotHttp)?;
    let talk = async {
        let response = sender.send_request(request(question)?).await.map_err(|_| HttpError::NotHttp)?;
        read(response, bytes).await
    };
    let driven = async {
        // It ends when the other side closes; what was read until then decides.
        let _ = connection.await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        answer = talk => answer,
        () = driven => Err(HttpError::NotHttp),
    }
}

fn request(question: Question) -> Result<hyper::Request<Full<Bytes>>, HttpError> {
    let url = &question.url;
    let host = match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => return Err(HttpError::Address),
    };
    let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let mut request = hyper::Request::builder()
        .method(question.method)
        .uri(target)
        .header(header::HOST, host)
        .header(header::USER_AGENT, "Calma")
        .header(header::CONNECTION, "close");
    for (name, value) in question.headers {
        let mut value = HeaderValue::try_from(value).map_err(|_| HttpError::Address)?;
        value.set_sensitive(name == header::AUTHORIZATION);
        request = request.header(name, value);
    }
    request.body(Full::new(Bytes::from(question.body))).map_err(|_| HttpError::Address)
}

async fn read(response: hyper::Response<Incoming>, bytes: usize) -> Result<Answer, HttpError> {
    let (parts, body) = response.into_parts();
    let whole = Limited::new(body, bytes).collect().await.map_err(|error| {
        if error.is::<http_body_util::LengthLimitError>() { HttpError::TooLarge } else { HttpError::NotHttp }
    })?;
    Ok(Answer { status: parts.status, headers: parts.headers, body: whole.to_bytes().to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    const LIMITS: Limits = Limits { within: Duration::from_millis(500), bytes: 64 };

    /// A server that answers one question with these bytes, or never.
    async fn server(answer: Option<&'static str>) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/a?b=c", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = [0; 1024];
            let read = stream.read(&mut asked).await.unwrap();
            assert!(asked[..read].starts_with(b"GET /a?b=c HTTP/1.1\r\n"));
            match answer {
                Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
                None => std::future::pending().await,
            }
        });
        url.parse().unwrap()
    }

    async fn ask(reach: Reach, url: Url) -> Result<Answer, HttpError> {
        HttpClient::new(reach).ask(Question::new(Method::GET, url), LIMITS).await
    }

    #[tokio::test]
    async fn an_answer_comes_back_whole() {
        let url = server(Some("HTTP/1.1 418 X\r\ncontent-length: 5\r\nlocation: /b\r\n\r\nhello")).await;
        let answer = ask(Reach::Anywhere, url).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.body.as_slice()), (418, &b"hello"[..]));
        assert_eq!(answer.headers[header::LOCATION], "/b");
    }

    #[tokio::test]
    async fn what_is_too_large_too_late_or_garbage_is_refused() {
        let large = server(Some("HTTP/1.1 200 OK\r\ncontent-length: 65\r\n\r\n")).await;
        let endless = server(Some(
            "HTTP/1.1 200 OK\r\n\r\n0123456789012345678901234567890123456789012345678901234567890123456789",
        ));
        for (url, error) in [
            (large, HttpError::TooLarge),
            (endless.await, HttpError::TooLarge),
            (server(None).await, HttpError::Late),
            (server(Some("SSH-2.0-OpenSSH\r\n")).await, HttpError::NotHttp),
        ] {
            assert_eq!(ask(Reach::Anywhere, url).await.unwrap_err(), error);
        }
    }

    #[tokio::test]
    async fn internal_addresses_are_never_connected_to() {
        let here = server(Some("HTTP/1.1 200 OK\r\n\r\n")).await;
        let mut by_name = here.clone();
        by_name.set_host(Some("localhost")).unwrap();
        for url in [here, by_name, "http://[::1]:1/".parse().unwrap(), "http://169.254.169.254/".parse().unwrap()] {
            assert_eq!(ask(Reach::Public, url).await.unwrap_err(), HttpError::Internal);
        }
        assert_eq!(ask(Reach::Anywhere, "file:///etc/passwd".parse().unwrap()).await.unwrap_err(), HttpError::Address);
    }
}
