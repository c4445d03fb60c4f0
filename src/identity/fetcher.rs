//! Fetches documents of issuers.

use std::{
    fs::{self, File},
    io::Read as _,
    path::Path,
    time::Duration,
};

use url::Url;

use crate::upstream::wire::{Body, Egress, Method, NoAnswer, Request, Sender, Settings, SetupError};

/// How long one fetch may take.
pub(super) const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// The most bytes that are read of a document: a key set with certificates is long.
const MAX_BODY: usize = 256 * 1024;

/// Fetches documents. It keeps no connections: workers with runtimes of their own share it.
#[derive(Debug, Clone)]
pub struct Fetcher(Sender);

/// Why there is no document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoDocument {
    /// No response in time, or none at all.
    NoAnswer(NoAnswer),
    /// Another status than 200.
    Status(u16),
    /// No regular file that can be read.
    NoFile,
    /// It exceeds the limit.
    TooLarge,
    /// It is compressed, though the request did not ask for that, in a way that is not read here.
    Compressed,
}

impl From<NoAnswer> for NoDocument {
    fn from(no_answer: NoAnswer) -> Self {
        Self::NoAnswer(no_answer)
    }
}

impl Fetcher {
    /// Makes a fetcher.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(egress: impl Into<Egress>) -> Result<Self, SetupError> {
        let settings = Settings {
            max_body: MAX_BODY,
            ..Settings::default()
        };
        Sender::new(settings, egress).map(Self)
    }

    /// The body of a 200.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn get(&self, url: Url) -> Result<Vec<u8>, NoDocument> {
        self.body_of(Request::new(Method::GET, url)).await
    }

    /// A document in a regular file, which has an end; within the same bound and read in the same way.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn of_file(path: &Path) -> Result<Vec<u8>, NoDocument> {
        let missing = |_path_is_configured| NoDocument::NoFile;
        // Before it is opened: opening a pipe waits for a writer.
        if !fs::metadata(path).map_err(missing)?.is_file() {
            return Err(NoDocument::NoFile);
        }
        let mut document = Vec::new();
        let most = u64::try_from(MAX_BODY).unwrap_or(u64::MAX);
        let file = File::open(path).map_err(missing)?;
        let read = file
            .take(most.saturating_add(1))
            .read_to_end(&mut document)
            .map_err(missing)?;
        text_of(&if read > MAX_BODY {
            Body::TooLarge
        } else {
            Body::Read(document)
        })
    }

    async fn body_of(&self, request: Request) -> Result<Vec<u8>, NoDocument> {
        let mut response = self.0.begin(request, FETCH_TIMEOUT).await?;
        if response.status() != 200 {
            return Err(NoDocument::Status(response.status()));
        }
        text_of(&response.bounded_body().await?)
    }
}

fn text_of(body: &Body<Vec<u8>>) -> Result<Vec<u8>, NoDocument> {
    match body.text() {
        Body::Read(text) => Ok(text.to_vec()),
        Body::TooLarge => Err(NoDocument::TooLarge),
        Body::Compressed => Err(NoDocument::Compressed),
    }
}
