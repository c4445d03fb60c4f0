//! What there is to read of a body. Pure.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// What some editors and libraries write before a text. It means nothing in UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// How every gzip stream begins. No UTF-8 text does.
const GZIP: &[u8] = &[0x1f, 0x8b];

/// A body, as far as it can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body<B> {
    /// All of it.
    Read(B),
    /// It exceeds the limit.
    TooLarge,
    /// It is compressed, although this was not requested, in a way that is not read here.
    Compressed,
}

impl<B> Body<B> {
    /// All of it, if it can be read.
    #[must_use]
    pub fn read(self) -> Option<B> {
        match self {
            Self::Read(body) => Some(body),
            Self::TooLarge | Self::Compressed => None,
        }
    }
}

impl Body<Vec<u8>> {
    /// The same, borrowed, without a byte order mark.
    #[must_use]
    pub fn text(&self) -> Body<&[u8]> {
        match self {
            Self::Read(body) => Body::Read(without_mark(body)),
            Self::TooLarge => Body::TooLarge,
            Self::Compressed => Body::Compressed,
        }
    }
}

/// The bytes after a byte order mark.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).map_or(body, without_mark)
}

/// Undoes the codings that an intermediary put on a body: gzip by its first bytes, whatever the headers say, and
/// deflate by name. The result has no more than `max` bytes.
pub(super) fn decoded(body: Vec<u8>, codings: &[&str], max: usize) -> Body<Vec<u8>> {
    let named = codings.iter().flat_map(|value| value.split(',')).map(str::trim);
    let named: Vec<_> = named
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
        .collect();
    let is = |name: &str| matches!(named.as_slice(), [only] if only.eq_ignore_ascii_case(name));
    if body.is_empty() {
        return Body::Read(body);
    }
    if (named.is_empty() || is("gzip") || is("x-gzip")) && body.starts_with(GZIP) {
        return inflated(MultiGzDecoder::new(body.as_slice()), max);
    }
    if is("deflate") {
        // The name means zlib's format; some send what is inside it alone.
        return match inflated(ZlibDecoder::new(body.as_slice()), max) {
            Body::Compressed => inflated(DeflateDecoder::new(body.as_slice()), max),
            read @ (Body::Read(_) | Body::TooLarge) => read,
        };
    }
    // Some take the coding away and leave its name.
    if named.is_empty() || is("gzip") || is("x-gzip") {
        return Body::Read(body);
    }
    Body::Compressed
}

fn inflated(decoder: impl Read, max: usize) -> Body<Vec<u8>> {
    let mut body = Vec::new();
    let bound = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    match decoder.take(bound).read_to_end(&mut body) {
        Ok(read) if read > max => Body::TooLarge,
        Ok(_) if body.starts_with(GZIP) => Body::Compressed,
        Ok(_) => Body::Read(body),
        Err(_says_nothing_to_anybody) => Body::Compressed,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };
    use proptest::prelude::*;

    use super::*;

    const TEXT: &[u8] = b"https://app.empego.ca/fr/embed";

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(body: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn raw(body: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    /// A body, the codings that headers name, what comes of it, and why.
    type Row = (Vec<u8>, &'static [&'static str], Body<Vec<u8>>, &'static str);

    #[test]
    fn unrequested_codings_are_decoded_within_the_bound() {
        let text = Body::Read(TEXT.to_vec());
        let zeros = vec![0; 65];
        let mut cut = gzip(TEXT);
        cut.truncate(cut.len() - 4);
        let rows: [Row; 16] = [
            (TEXT.to_vec(), &[], text.clone(), "nothing"),
            (TEXT.to_vec(), &["identity"], text.clone(), "identity"),
            (gzip(TEXT), &["gzip"], text.clone(), "gzip"),
            (gzip(TEXT), &["X-GZip"], text.clone(), "gzip by its old name"),
            (gzip(TEXT), &["identity, gzip"], text.clone(), "gzip, and nothing else"),
            (gzip(TEXT), &[], text.clone(), "gzip that nobody names"),
            (
                [gzip(b"https://app."), gzip(b"empego.ca/fr/embed")].concat(),
                &["gzip"],
                text.clone(),
                "gzip in two pieces",
            ),
            (TEXT.to_vec(), &["gzip"], text.clone(), "gzip by name alone"),
            (zlib(TEXT), &["deflate"], text.clone(), "deflate"),
            (raw(TEXT), &["deflate"], text, "deflate without zlib's frame"),
            (Vec::new(), &["br"], Body::Read(Vec::new()), "nothing at all"),
            (
                TEXT.to_vec(),
                &["br"],
                Body::Compressed,
                "a coding that is not read here",
            ),
            (gzip(&gzip(TEXT)), &["gzip", "gzip"], Body::Compressed, "two codings"),
            (gzip(&gzip(TEXT)), &["gzip"], Body::Compressed, "twice the same"),
            (cut, &["gzip"], Body::Compressed, "cut off"),
            (gzip(&zeros), &["gzip"], Body::TooLarge, "more than may be read"),
        ];
        for (body, codings, expected, reason) in rows {
            assert_eq!(decoded(body, codings, 64), expected, "{reason}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_text() {
        let text = |body: &str| Body::Read(body.as_bytes().to_vec()).text().read().map(<[u8]>::to_vec);
        assert_eq!(text("\u{feff}{}"), Some(b"{}".to_vec()));
        assert_eq!(text("\u{feff}\u{feff}{}"), Some(b"{}".to_vec()));
        assert_eq!(text("{}\u{feff}"), Some("{}\u{feff}".as_bytes().to_vec()));
        assert_eq!(text("\u{feff}"), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn nothing_grows_beyond_the_bound(
            body in any::<Vec<u8>>(), coding in "(gzip|deflate|br|[a-z,]{0,8})", is_packed: bool, max in 0_usize..64,
        ) {
            let body = if is_packed { gzip(&body) } else { body };
            let length = body.len();
            if let Body::Read(read) = decoded(body, &[&coding], max) {
                prop_assert!(read.len() <= max.max(length));
            }
        }
    }
}
