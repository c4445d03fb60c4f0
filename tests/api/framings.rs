//! Requests of which it can be read in two ways where they end. A proxy in front may read them in the other way: so none of
//! them is ever two requests, and no launch has anything of what stands behind it.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use ::base64::{Engine as _, engine::general_purpose::STANDARD};
use actix_web::rt::task::spawn_blocking;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::helpers::{HOST_KEY, TestApp, TestConfig, alice, base64, with};

/// Lines about the body's end: `{json}` is the length of the JSON alone, `{all}` that of everything that is sent.
const AMBIGUOUS: [(&str, &str); 38] = [
    (
        "content-length: {all}\r\ntransfer-encoding: chunked",
        "a length and chunks",
    ),
    (
        "transfer-encoding: chunked\r\ncontent-length: {all}",
        "chunks and a length",
    ),
    (
        "content-length: {json}\r\ntransfer-encoding: chunked",
        "a shorter length and chunks",
    ),
    (
        "transfer-encoding: chunked\r\ncontent-length: 0",
        "chunks and no length",
    ),
    ("content-length: {json}\r\ncontent-length: {all}", "two lengths"),
    (
        "content-length: {all}\r\ncontent-length: {json}",
        "two lengths, the longer first",
    ),
    ("content-length: 0\r\ncontent-length: {all}", "no length and one"),
    ("content-length: {json}, {all}", "two lengths in a list"),
    ("content-length: {json},{json}", "one length twice in a list"),
    ("content-length: +{json}", "a sign"),
    ("content-length: -1", "less than nothing"),
    ("content-length: 0x10", "hexadecimal"),
    ("content-length: {json} {all}", "two lengths, a space between"),
    ("content-length: {json}.0", "a fraction"),
    ("content-length: 1e2", "an exponent"),
    ("content-length:", "an empty length"),
    ("content-length: 99999999999999999999999999", "more than there is"),
    ("content-length: 18446744073709551616", "one more than fits"),
    ("content-length : {json}", "a space before the colon"),
    ("content-length: {json}\r\n transfer-encoding: chunked", "a folded line"),
    ("content-length: {json}\r\n\t{all}", "a folded length"),
    ("content-length:\r\n {json}", "a length that is folded whole"),
    (" content-length: {json}", "a fold behind the line before"),
    (
        "content-length: {all}\r\ntransfer-encoding : chunked",
        "chunks with a space before the colon",
    ),
    (
        "content-length: {all}\r\ntransfer-encoding:\u{b}chunked",
        "chunks behind a vertical tab",
    ),
    (
        "content-length: {json}\rtransfer-encoding: chunked",
        "a carriage return alone",
    ),
    (
        "content-length: {json}\r\nx: a\rtransfer-encoding: chunked",
        "the same within a value",
    ),
    ("content-length: {all}\r\nx: a\0", "a zero byte"),
    (
        "transfer-encoding: chunked, identity\r\ncontent-length: {all}",
        "chunks that are not the last coding",
    ),
    (
        "transfer-encoding: identity, chunked\r\ncontent-length: {all}",
        "a coding that is gone",
    ),
    (
        "transfer-encoding: gzip, chunked\r\ncontent-length: {all}",
        "compressed chunks",
    ),
    (
        "transfer-encoding: xchunked\r\ncontent-length: {all}",
        "a coding of no name",
    ),
    (
        "transfer-encoding: \"chunked\"\r\ncontent-length: {all}",
        "a quoted coding",
    ),
    (
        "transfer-encoding: chunked\r\ntransfer-encoding: identity",
        "two codings in two lines",
    ),
    (
        "transfer-encoding: identity\r\ntransfer-encoding: chunked",
        "the same the other way round",
    ),
    (
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
        "chunks of chunks",
    ),
    ("transfer-encoding: chunked, chunked", "chunks of chunks in a list"),
    ("transfer-encoding:\r\ncontent-length: {all}", "an empty coding"),
];

/// Chunks whose size can be read in two ways; `{hidden}` is the request that would be the second. An extension with an
/// unclosed quotation mark is not among them: quoted strings contain no line end, so every reader ends it there.
const CHUNKS: [(&str, &str); 14] = [
    ("{size};\n{hidden}", "an extension that a line feed ends"),
    (
        "{size};a\r{json}\r\n0\r\n\r\n{hidden}",
        "a carriage return alone in an extension",
    ),
    ("{size}\n{json}\n0\n\n{hidden}", "line feeds alone"),
    ("0x{size}\r\n{json}\r\n0\r\n\r\n{hidden}", "a prefix"),
    ("+{size}\r\n{json}\r\n0\r\n\r\n{hidden}", "a sign"),
    ("-1\r\n{json}\r\n0\r\n\r\n{hidden}", "less than nothing"),
    ("\r\n{json}\r\n0\r\n\r\n{hidden}", "no size"),
    ("ffffffffffffffff\r\n{json}\r\n0\r\n\r\n{hidden}", "the most that fits"),
    (
        "10000000000000000{size}\r\n{json}\r\n0\r\n\r\n{hidden}",
        "more than fits",
    ),
    ("{size} {size}\r\n{json}\r\n0\r\n\r\n{hidden}", "two sizes"),
    ("{size}\r\n{json}0\r\n\r\n{hidden}", "nothing behind the data"),
    ("{size}\r\n{json}xx0\r\n\r\n{hidden}", "something else behind the data"),
    ("{size}\r{json}\r\n0\r\n\r\n{hidden}", "a carriage return alone"),
    ("{size}\0\r\n{json}\r\n0\r\n\r\n{hidden}", "a zero byte"),
];

/// Those that have one end, of which all are launched.
const PLAIN: [(&str, &str); 4] = [
    ("content-length: {json}", "{json}"),
    ("transfer-encoding: chunked", "{size}\r\n{json}\r\n0\r\n\r\n"),
    (
        "Transfer-Encoding: Chunked",
        "000{size};a=b;c=\"d\"\r\n{json}\r\n0\r\n\r\n",
    ),
    ("x: \t a \r\ncontent-length: {json} ", "{json}"),
];

/// The request that would come of it, for another clinician.
fn hidden(id: &str) -> String {
    let user = base64(with(alice(), "userId", id).to_string());
    format!(
        "GET /empego-integrations/R4/embeddable/statistics HTTP/1.1\r\nhost: x\r\napi-key: {HOST_KEY}\r\n\
         x-integration-user: {user}\r\n\r\n"
    )
}

/// Each request with what is peculiar in it, and whom the second one would be for.
fn requests() -> Vec<(String, String)> {
    let mut requests = Vec::new();
    let mut add = |version: &str, lines: &str, body: &dyn Fn(&str, &str) -> String, reason: String| {
        let number = requests.len();
        let json = json!({"clinician": with(alice(), "userId", format!("own-{number}"))}).to_string();
        let body = body(&json, &hidden(&format!("hidden-{number}")));
        let lines = lines.replace("{json}", &json.len().to_string());
        let lines = lines.replace("{all}", &body.len().to_string());
        let head =
            format!("POST /v1/embeddable/statistics HTTP/{version}\r\nhost: x\r\nauthorization: Bearer {HOST_KEY}");
        let sent = format!("{head}\r\ncontent-type: application/json\r\n{lines}\r\n\r\n{body}");
        requests.push((sent, reason));
    };
    for (lines, reason) in AMBIGUOUS {
        for version in ["1.1", "1.0"] {
            add(
                version,
                lines,
                &|json, hidden| format!("{json}{hidden}"),
                format!("{reason}, HTTP/{version}"),
            );
            add(
                version,
                lines,
                &|json, hidden| format!("{:x}\r\n{json}\r\n0\r\n\r\n{hidden}", json.len()),
                format!("{reason}, HTTP/{version}, a body in chunks"),
            );
            add(
                version,
                lines,
                &|_, hidden| format!("0\r\n\r\n{hidden}"),
                format!("{reason}, HTTP/{version}, no body in chunks"),
            );
        }
    }
    for (chunks, reason) in CHUNKS {
        let body = |json: &str, hidden: &str| {
            let chunks = chunks.replace("{size}", &format!("{:x}", json.len()));
            chunks.replace("{json}", json).replace("{hidden}", hidden)
        };
        add("1.1", "transfer-encoding: chunked", &body, format!("chunks: {reason}"));
    }
    for (lines, chunks) in PLAIN {
        let body = |json: &str, _: &str| {
            chunks
                .replace("{size}", &format!("{:x}", json.len()))
                .replace("{json}", json)
        };
        add("1.1", lines, &body, format!("{lines}, {chunks}"));
    }
    add(
        "1.0",
        "transfer-encoding: chunked",
        &|json, hidden| format!("{:x}\r\n{json}\r\n0\r\n\r\n{hidden}", json.len()),
        "chunks in a version that has none".to_owned(),
    );
    requests
}

/// Everything that comes back until the connection ends.
fn exchange(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let _may_be_closed = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _may_be_reset = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

#[actix_web::test]
async fn no_request_is_read_as_two_whatever_it_says_of_its_end() {
    let server = "keep_alive_secs = 1\nclient_head_timeout_ms = 1000\nclient_body_timeout_ms = 1000";
    let app = TestApp::with(TestConfig::strict().server(server)).await;
    let requests = requests();
    let answers = join_all(requests.iter().map(|(sent, _)| {
        let (address, sent) = (app.address.clone(), sent.clone());
        async { spawn_blocking(move || exchange(&address, &sent)).await.unwrap() }
    }))
    .await;
    let read_as_two: Vec<_> = requests
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| answer.matches("HTTP/1.1 ").count() > 1)
        .map(|((_, reason), _)| reason)
        .collect();
    assert!(read_as_two.is_empty(), "{read_as_two:#?}");
    let launched: Vec<String> = app
        .received()
        .await
        .iter()
        .map(|request| {
            let user = STANDARD.decode(&request.headers["x-integration-user"]).unwrap();
            serde_json::from_slice::<Value>(&user).unwrap()["userId"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let own: Vec<_> = launched.iter().filter(|id| id.starts_with("own-")).collect();
    assert_eq!(own.len(), launched.len(), "{launched:?}");
    let well = answers
        .iter()
        .filter(|answer| answer.starts_with("HTTP/1.1 200"))
        .count();
    assert_eq!((own.len(), well), (PLAIN.len(), PLAIN.len()), "{launched:?}");
}
