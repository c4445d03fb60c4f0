//! Documents for people: passed on as they come, chunk by chunk, and never held as a whole.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, Stream, StreamExt as _};

use super::answer::{Read, Unexpected};
use crate::upstream::wire::Response;

/// The most bytes of a document that are passed on.
pub const MAX_PDF: u64 = 20 * 1024 * 1024;

/// The most bytes that are passed on at once. The library reads up to 400 KiB at once, and what writes them copies each piece.
const PIECE: usize = 16 * 1024;

/// How every document begins.
const MAGIC: &[u8] = b"%PDF";

/// What a call for a document asks for. It is never read as a whole: see [`JunctionClient::stream`].
///
/// [`JunctionClient::stream`]: super::JunctionClient::stream
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pdf;

impl Pdf {
    pub(super) fn never_whole(_status: u16, _body: &[u8]) -> Read<Self> {
        Err(Unexpected)
    }
}

/// A document that has begun to arrive: a stream of its bytes. After an error nothing follows. Dropped, it ends the connection.
pub struct PdfStream {
    length: Option<u64>,
    chunks: BoxStream<'static, Result<Bytes, PdfCut>>,
}

/// The document ended too early or is too large, after part of it was passed on: the connection to the caller must break too,
/// or half a document would look like a whole one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PdfCut {
    /// The rest did not arrive.
    #[error("the rest of the document did not arrive")]
    Broken,
    /// It has more than [`MAX_PDF`] bytes.
    #[error("the document is too large")]
    TooLarge,
}

/// What came in the place of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotAPdf {
    /// JSON, as long as there is none.
    Json,
    /// Nothing, or something else.
    Other,
    /// A document that is compressed, although this was not requested.
    Compressed,
}

impl PdfStream {
    /// A response of status 200, if a document begins in it.
    pub(super) async fn begin(mut response: Response) -> Result<Self, NotAPdf> {
        if response.is_compressed() {
            return Err(NotAPdf::Compressed);
        }
        if response.is_json() {
            return Err(NotAPdf::Json);
        }
        let length = response.length();
        if length.is_some_and(|length| length > MAX_PDF) {
            return Err(NotAPdf::Other);
        }
        let (mut begun, mut head) = (Vec::new(), Vec::new());
        while head.len() < MAGIC.len() {
            let Ok(Some(chunk)) = response.chunk().await else {
                return Err(NotAPdf::Other);
            };
            head.extend(chunk.iter().take(MAGIC.len()));
            begun.push(chunk);
        }
        if !head.starts_with(MAGIC) {
            return Err(NotAPdf::Other);
        }
        begun.reverse();
        Ok(Self {
            length,
            chunks: chunks(begun, response).boxed(),
        })
    }

    /// How many bytes it has, if Junction said so.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.length
    }
}

impl Stream for PdfStream {
    type Item = Result<Bytes, PdfCut>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.poll_next_unpin(context)
    }
}

/// The chunks that were read to see what it is, the first one last, and the rest.
fn chunks(begun: Vec<Bytes>, rest: Response) -> impl Stream<Item = Result<Bytes, PdfCut>> + Send {
    stream::try_unfold((begun, rest, MAX_PDF), |(mut begun, mut rest, left)| async move {
        let next = match begun.pop() {
            Some(chunk) => Some(chunk),
            None => rest
                .chunk()
                .await
                .map_err(|_cause_makes_no_difference| PdfCut::Broken)?,
        };
        let Some(mut chunk) = next else {
            return Ok(None);
        };
        if chunk.len() > PIECE {
            begun.push(chunk.split_off(PIECE));
        }
        let left = left.checked_sub(chunk.len() as u64).ok_or(PdfCut::TooLarge)?;
        Ok(Some((chunk, (begun, rest, left))))
    })
}
