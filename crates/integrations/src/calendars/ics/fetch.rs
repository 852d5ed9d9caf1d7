//! Fetching a calendar's file from an address that somebody typed.

use super::IcsError;
use crate::http::{Answer, HttpClient, HttpError, Limits, Method, Question, Reach, StatusCode, Url, header};
use std::time::{Duration, Instant};

const WITHIN: Duration = Duration::from_secs(10);
const BYTES: usize = 2 * 1024 * 1024;
const REDIRECTS: usize = 3;
const ADDRESS_MAX: usize = 2_000;

/// A file, or that it is the one we have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    Unchanged,
    File {
        text: String,
        /// What to say next time, so that an unchanged file need not be sent again.
        tag: Option<String>,
    },
}

#[derive(Clone)]
pub struct IcsClient {
    http: HttpClient,
}

impl IcsClient {
    pub fn new(reach: Reach) -> Self {
        Self { http: HttpClient::new(reach) }
    }

    /// The address as typed, if it can be one of a calendar. `webcal` is what calendars call `https`.
    ///
    /// # Errors
    /// `Address` for anything else, and for one with a password in it, which would be told to who it redirects to.
    pub fn address(typed: &str) -> Result<Url, IcsError> {
        let typed = typed.trim();
        let text = typed.strip_prefix("webcal://").map_or_else(|| typed.to_owned(), |rest| format!("https://{rest}"));
        let url = Url::parse(&text).map_err(|_| IcsError::Address)?;
        let plain = url.username().is_empty() && url.password().is_none() && url.has_host();
        let ours = matches!(url.scheme(), "https" | "http") && plain && text.len() <= ADDRESS_MAX;
        if ours { Ok(url) } else { Err(IcsError::Address) }
    }

    /// The file at an address, over at most three redirections, each of which is looked at like the first address.
    ///
    /// # Errors
    /// When there is none.
    pub async fn fetch(&self, url: &Url, known: Option<&str>) -> Result<Fetched, IcsError> {
        let begun = Instant::now();
        let mut url = url.clone();
        for _ in 0..=REDIRECTS {
            let within = WITHIN.saturating_sub(begun.elapsed());
            let mut question =
                Question::new(Method::GET, url.clone()).header(header::ACCEPT, "text/calendar, */*;q=0.5");
            if let Some(known) = known {
                question = question.header(header::IF_NONE_MATCH, known);
            }
            let answer = self.http.ask(question, Limits { within, bytes: BYTES }).await.map_err(explained)?;
            match redirection(&answer, &url)? {
                Some(next) => url = next,
                None => return file(answer),
            }
        }
        Err(IcsError::Refused)
    }
}

fn redirection(answer: &Answer, from: &Url) -> Result<Option<Url>, IcsError> {
    if !answer.status.is_redirection() || answer.status == StatusCode::NOT_MODIFIED {
        return Ok(None);
    }
    let to = answer.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).ok_or(IcsError::Refused)?;
    let to = IcsClient::address(from.join(to).map_err(|_| IcsError::Refused)?.as_str())?;
    // What was asked for in secret is not asked for in the open.
    if from.scheme() == "https" && to.scheme() == "http" { Err(IcsError::Refused) } else { Ok(Some(to)) }
}

fn file(answer: Answer) -> Result<Fetched, IcsError> {
    match answer.status {
        StatusCode::NOT_MODIFIED => Ok(Fetched::Unchanged),
        StatusCode::OK => {
            let tag = answer.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()).filter(|tag| tag.len() <= 200);
            let tag = tag.map(str::to_owned);
            Ok(Fetched::File { text: String::from_utf8_lossy(&answer.body).into_owned(), tag })
        }
        status if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => Err(IcsError::Refused),
        _ => Err(IcsError::Unreachable),
    }
}

fn explained(error: HttpError) -> IcsError {
    match error {
        HttpError::Address => IcsError::Address,
        HttpError::Internal => IcsError::Internal,
        HttpError::TooLarge => IcsError::TooLarge,
        HttpError::Unreachable | HttpError::Untrusted | HttpError::Late | HttpError::NotHttp => IcsError::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Answers questions in turn; what was asked comes back when all were.
    async fn server(answers: Vec<String>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = tokio::spawn(async move {
            let mut asked = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut bytes = [0; 2048];
                let read = stream.read(&mut bytes).await.unwrap();
                asked.push(String::from_utf8_lossy(&bytes[..read]).into_owned());
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            asked
        });
        (base, asked)
    }

    fn client() -> IcsClient {
        IcsClient::new(Reach::Anywhere)
    }

    #[test]
    fn addresses_are_those_of_calendars() {
        assert_eq!(IcsClient::address(" webcal://a.example/b.ics ").unwrap().as_str(), "https://a.example/b.ics");
        let long = format!("https://a.example/{}", "x".repeat(2_000));
        for wrong in
            ["", "a.example", "ftp://a.example/", "file:///etc/passwd", "https://u:p@a.example/", "data:,x", &long]
        {
            assert_eq!(IcsClient::address(wrong), Err(IcsError::Address), "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_file_is_fetched_over_redirections_and_not_twice() {
        let (base, asked) = server(vec![
            "HTTP/1.1 302 Found\r\nlocation: /two?x=1\r\ncontent-length: 0\r\n\r\n".into(),
            "HTTP/1.1 200 OK\r\netag: \"7\"\r\ncontent-length: 3\r\n\r\nabc".into(),
            "HTTP/1.1 304 Not Modified\r\n\r\n".into(),
        ])
        .await;
        let url = base.parse().unwrap();
        let file = client().fetch(&url, None).await.unwrap();
        assert_eq!(file, Fetched::File { text: "abc".into(), tag: Some("\"7\"".into()) });
        assert_eq!(client().fetch(&url, Some("\"7\"")).await.unwrap(), Fetched::Unchanged);
        let asked = asked.await.unwrap();
        assert!(asked[1].starts_with("GET /two?x=1 ") && asked[2].contains("if-none-match: \"7\""));
    }

    #[tokio::test]
    async fn what_is_no_file_says_why() {
        let again = "HTTP/1.1 301 Moved\r\nlocation: /\r\ncontent-length: 0\r\n\r\n".to_owned();
        let (base, _) = server(vec![again; 4]).await;
        assert_eq!(client().fetch(&base.parse().unwrap(), None).await, Err(IcsError::Refused), "a circle");
        for (answer, error) in [
            ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", IcsError::Refused),
            ("HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n", IcsError::Unreachable),
            ("HTTP/1.1 200 OK\r\ncontent-length: 2097153\r\n\r\n", IcsError::TooLarge),
            ("HTTP/1.1 302 Found\r\nlocation: file:///etc/passwd\r\ncontent-length: 0\r\n\r\n", IcsError::Address),
        ] {
            let (base, _) = server(vec![answer.into()]).await;
            assert_eq!(client().fetch(&base.parse().unwrap(), None).await, Err(error), "{answer}");
        }
    }

    #[tokio::test]
    async fn a_redirection_does_not_lead_inside() {
        // The first address is refused already, and so is what a public server could send us to.
        let (base, _) = server(vec![]).await;
        let public = IcsClient::new(Reach::Public);
        assert_eq!(public.fetch(&base.parse().unwrap(), None).await, Err(IcsError::Internal));
        let answer = Answer {
            status: StatusCode::FOUND,
            headers: [(header::LOCATION, "http://169.254.169.254/latest".parse().unwrap())].into_iter().collect(),
            body: vec![],
        };
        let next = redirection(&answer, &"http://a.example/".parse().unwrap()).unwrap().unwrap();
        assert_eq!(public.fetch(&next, None).await, Err(IcsError::Internal));
        assert_eq!(redirection(&answer, &"https://a.example/".parse().unwrap()), Err(IcsError::Refused));
    }
}
