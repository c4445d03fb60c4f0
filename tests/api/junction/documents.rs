//! Documents pass through the gateway's client as they arrive: over real sockets, with upstreams that no library would be.

use std::{
    io::Write as _,
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::junction::JunctionId;
use empego_gateway::{
    tls::trusting_this_machine,
    upstream::{
        junction::{Call, CallContext, JunctionClient, JunctionError, MAX_PDF, Meaning, PdfCut, PdfStream},
        wire::{NoAnswer, Settings},
    },
};
use futures_util::StreamExt as _;

use crate::helpers::{
    junction::{ORDER, account_at},
    peer::{Peer, Then, answer, hang, say},
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Asks this upstream for an order's results as a document.
async fn ask(upstream: &Peer, within: Duration) -> Result<PdfStream, JunctionError> {
    let order = JunctionId::parse(ORDER).unwrap();
    let client = JunctionClient::new(Settings::default(), trusting_this_machine().unwrap()).unwrap();
    let context = CallContext {
        token: None,
        trace: None,
        within,
    };
    client
        .stream(&account_at(upstream.address), &Call::results_pdf(order), context)
        .await
}

/// All of a document, or why it ended early; and how many bytes came.
async fn read(mut document: PdfStream) -> (Result<(), PdfCut>, u64) {
    let mut read = 0;
    while let Some(chunk) = document.next().await {
        match chunk {
            Ok(chunk) => read += chunk.len() as u64,
            Err(cut) => return (Err(cut), read),
        }
    }
    (Ok(()), read)
}

fn meaning(outcome: Result<PdfStream, JunctionError>) -> (u16, Meaning) {
    match outcome {
        Err(JunctionError::Answered { status, meaning, .. }) => (status, meaning),
        Err(other @ JunctionError::NoAnswer(_)) => panic!("{other:?}"),
        Ok(_) => panic!("a document"),
    }
}

/// The head of a document without a length, and its first bytes.
fn begin(connection: &mut TcpStream) -> bool {
    say(
        connection,
        "HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\nconnection: close\r\n\r\n%PDF-1.7\n",
    )
}

#[actix_web::test]
async fn what_comes_in_the_place_of_a_document_has_its_meaning() {
    let pdf = "content-type: application/pdf\r\n";
    let rows = [
        (
            "200 OK",
            "content-type: application/json; charset=utf-8\r\n",
            "{}",
            (200, Meaning::NotReady),
            "JSON",
        ),
        ("200 OK", pdf, "", (200, Meaning::BadBody), "nothing"),
        (
            "200 OK",
            pdf,
            "%PD",
            (200, Meaning::BadBody),
            "less than a document begins with",
        ),
        ("200 OK", pdf, "<html>Sign in</html>", (200, Meaning::BadBody), "a page"),
        (
            "200 OK",
            "content-type: application/pdf\r\ncontent-encoding: gzip\r\n",
            "%PDF-1.7",
            (200, Meaning::Compressed),
            "compressed",
        ),
        ("204 No Content", "", "", (204, Meaning::OtherSuccess), "no content"),
        (
            "302 Found",
            "location: https://storage.example/x\r\n",
            "",
            (302, Meaning::Error),
            "a redirect",
        ),
        (
            "401 Unauthorized",
            "",
            "{}",
            (401, Meaning::Unauthorized),
            "an old token",
        ),
        (
            "404 Not Found",
            "",
            r#"{"detail":"Order not found"}"#,
            (404, Meaning::NotFound),
            "no such order",
        ),
        (
            "500 Internal Server Error",
            "",
            "<html></html>",
            (500, Meaning::Error),
            "a failure",
        ),
    ];
    for (status, headers, body, expected, reason) in rows {
        let upstream = Peer::start(move |_, connection| {
            // 204 has no body, and no length either.
            if status.starts_with("204") {
                say(connection, "HTTP/1.1 204 No Content\r\n\r\n");
                return Then::Close;
            }
            answer(connection, status, headers, body)
        });
        assert_eq!(meaning(ask(&upstream, PATIENCE).await), expected, "{reason}");
    }
}

#[actix_web::test]
async fn a_document_passes_through_whole_in_whatever_pieces_it_comes() {
    let sized = Peer::start(|_, connection| {
        answer(
            connection,
            "200 OK",
            "content-type: application/pdf\r\n",
            "%PDF-1.7\nbody",
        )
    });
    let document = ask(&sized, PATIENCE).await.unwrap();
    assert_eq!(document.length(), Some(13));
    assert_eq!(read(document).await, (Ok(()), 13));

    let in_pieces = Peer::start(|_, connection| {
        say(
            connection,
            "HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ntransfer-encoding: chunked\r\n\r\n",
        );
        for piece in ["1\r\n%\r\n", "1\r\nP\r\n", "4\r\nDF-1\r\n", "0\r\n\r\n"] {
            say(connection, piece);
            connection.flush().unwrap();
        }
        Then::Keep
    });
    let mut document = ask(&in_pieces, PATIENCE).await.unwrap();
    assert_eq!(document.length(), None);
    let mut whole = Vec::new();
    while let Some(chunk) = document.next().await {
        whole.extend_from_slice(&chunk.unwrap());
    }
    assert_eq!(whole, b"%PDF-1");
}

#[actix_web::test]
async fn a_document_that_breaks_off_is_not_taken_for_a_whole_one() {
    let short = Peer::start(|_, connection| {
        say(
            connection,
            "HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: 100\r\n\r\n%PDF-1.7\n",
        );
        Then::Close
    });
    let document = ask(&short, PATIENCE).await.unwrap();
    assert_eq!(document.length(), Some(100));
    assert_eq!(read(document).await.0, Err(PdfCut::Broken));
}

#[actix_web::test]
async fn too_large_a_document_is_cut_and_never_held() {
    let said = Peer::start(|_, connection| {
        let length = MAX_PDF + 1;
        say(
            connection,
            &format!("HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: {length}\r\n\r\n%PDF-1.7\n"),
        );
        Then::Close
    });
    assert_eq!(meaning(ask(&said, PATIENCE).await), (200, Meaning::BadBody));

    let written = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&written);
    let endless = Peer::start(move |_, connection| {
        begin(connection);
        let piece = "x".repeat(64 * 1024);
        while say(connection, &piece) {
            counted.fetch_add(piece.len(), Ordering::SeqCst);
        }
        Then::Close
    });
    let document = ask(&endless, PATIENCE).await.unwrap();
    let (outcome, read) = read(document).await;
    assert_eq!(outcome, Err(PdfCut::TooLarge));
    assert!(read <= MAX_PDF && read > MAX_PDF - 1024 * 1024, "{read}");
    // What was not read stands in the sockets' buffers alone.
    let beyond = written.load(Ordering::SeqCst) as u64 - read;
    assert!(beyond < MAX_PDF, "{beyond}");
}

#[actix_web::test]
async fn a_document_that_does_not_begin_in_time_is_not_waited_for() {
    let silent = Peer::start(|_, connection| hang(connection));
    let outcome = ask(&silent, Duration::from_millis(200)).await;
    assert!(matches!(outcome, Err(JunctionError::NoAnswer(NoAnswer::Timeout))));
    let without_a_body = Peer::start(|_, connection| {
        say(
            connection,
            "HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: 9\r\n\r\n",
        );
        hang(connection)
    });
    let outcome = ask(&without_a_body, Duration::from_millis(200)).await;
    assert!(matches!(outcome, Err(JunctionError::NoAnswer(NoAnswer::Timeout))));
}
