//! What a trusted proxy says of a connection before anything else is on it: version 2 of the PROXY protocol, as HAProxy's
//! document specifies it.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
};

use proxy_header::{ParseConfig, Protocol, ProxyHeader};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// What begins a header of this version.
const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// The bytes that say how many more there are.
const FIXED: usize = SIGNATURE.len() + 4;

/// The most that may follow: far more than the longest addresses, with what some proxies add to them.
const MOST: usize = 520;

/// Reads the header, and nothing after it. The caller's address; none if the proxy itself is the caller, as when it checks
/// whether the gateway is there.
///
/// # Errors
/// If the connection ends or fails, or with [`ErrorKind::InvalidData`] if what comes is no such header.
pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<SocketAddr>> {
    let mut header = vec![0; FIXED];
    from.read_exact(&mut header).await?;
    let rest = length(&header).ok_or(ErrorKind::InvalidData)?;
    header.resize(FIXED + rest, 0);
    let (_, rest) = header.split_at_mut_checked(FIXED).ok_or(ErrorKind::InvalidData)?;
    from.read_exact(rest).await?;
    parse(&header)
}

/// How many bytes follow the fixed ones, if these begin a header.
fn length(fixed: &[u8]) -> Option<usize> {
    let begins = fixed.starts_with(SIGNATURE);
    let length = fixed.get(FIXED - 2..FIXED)?;
    let length = usize::from(u16::from_be_bytes(length.try_into().ok()?));
    (begins && length <= MOST).then_some(length)
}

fn parse(header: &[u8]) -> io::Result<Option<SocketAddr>> {
    let version_2 = ParseConfig {
        include_tlvs: false,
        allow_v1: false,
        allow_v2: true,
    };
    let (header, _) = ProxyHeader::parse(header, version_2).map_err(|_contents_stay_here| ErrorKind::InvalidData)?;
    match header.proxied_address() {
        Some(ends) if ends.protocol == Protocol::Datagram => Err(ErrorKind::InvalidData.into()),
        ends => Ok(ends.map(|ends| ends.source)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OF_V4: &[u8] = &[203, 0, 113, 9, 192, 0, 2, 1, 0x12, 0x67, 0x01, 0xbb];

    fn header(version_and_command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [SIGNATURE, &[version_and_command, family], &length, rest].concat()
    }

    /// What is read, and how much is left for the next reader.
    async fn read_of(bytes: &[u8]) -> (Result<Option<SocketAddr>, ErrorKind>, usize) {
        let mut left = bytes;
        let read = read(&mut left).await.map_err(|error| error.kind());
        (read, left.len())
    }

    #[tokio::test]
    async fn a_header_says_who_calls_or_is_none() {
        let of_v6 = [[0x20; 16], [0x30; 16]].concat();
        let of_v6 = [of_v6, vec![0, 1, 0, 2]].concat();
        let v4 = Ok(Some("203.0.113.9:4711".parse().unwrap()));
        let v6 = Ok(Some("[2020:2020:2020:2020:2020:2020:2020:2020]:1".parse().unwrap()));
        let bad = Err(ErrorKind::InvalidData);
        let with_more = [OF_V4, &[0xea, 0, 3, 1, 2, 3]].concat();
        let longest = [OF_V4, &[4, 1, 249], &[0; 505]].concat();
        let too_long = [OF_V4, &[4, 1, 250], &[0; 506]].concat();
        let rows = [
            (header(0x21, 0x11, OF_V4), v4, "IPv4"),
            (header(0x21, 0x21, &of_v6), v6, "IPv6"),
            (header(0x21, 0x11, &with_more), v4, "with what a proxy adds"),
            (header(0x21, 0x11, &longest), v4, "as long as may be"),
            (header(0x21, 0x11, &too_long), bad, "longer"),
            (header(0x20, 0x00, &[]), Ok(None), "the proxy's own check"),
            (
                header(0x20, 0x11, OF_V4),
                Ok(None),
                "its own check, with addresses that say nothing",
            ),
            (header(0x21, 0x00, &[]), Ok(None), "a kind that it does not know"),
            (header(0x21, 0x31, &[0; 216]), Ok(None), "a socket of its own machine"),
            (header(0x21, 0x12, OF_V4), bad, "datagrams"),
            (header(0x11, 0x11, OF_V4), bad, "another version"),
            (header(0x22, 0x11, OF_V4), bad, "an unknown command"),
            (header(0x21, 0x41, OF_V4), bad, "an unknown family"),
            (header(0x21, 0x11, &OF_V4[..11]), bad, "addresses that are too short"),
            (header(0x21, 0x21, OF_V4), bad, "those of the other kind"),
            (
                b"PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\n".to_vec(),
                bad,
                "version 1",
            ),
            (
                b"GET /openapi.yaml HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
                bad,
                "a request",
            ),
            (
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 and more".to_vec(),
                bad,
                "a handshake",
            ),
            (
                header(0x21, 0x11, OF_V4)[..20].to_vec(),
                Err(ErrorKind::UnexpectedEof),
                "half of one",
            ),
            (Vec::new(), Err(ErrorKind::UnexpectedEof), "nothing"),
        ];
        for (bytes, expected, reason) in rows {
            assert_eq!(read_of(&bytes).await.0, expected, "{reason}");
        }
    }

    #[tokio::test]
    async fn what_follows_a_header_is_left_for_the_next_reader() {
        let bytes = [header(0x21, 0x11, OF_V4), b"GET / HTTP/1.1".to_vec()].concat();
        let (read, left) = read_of(&bytes).await;
        assert!(read.is_ok());
        assert_eq!(left, b"GET / HTTP/1.1".len());
    }

    proptest! {
        #[test]
        fn nothing_that_may_come_breaks_the_reader(rest in prop::collection::vec(any::<u8>(), 0..600), begins in any::<bool>()) {
            let bytes = if begins { [SIGNATURE, &rest].concat() } else { rest };
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (read, _) = runtime.block_on(read_of(&bytes));
            prop_assert!(begins || read.is_err());
        }
    }
}
