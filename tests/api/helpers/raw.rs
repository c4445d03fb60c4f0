//! Bytes on a socket, for requests that no client library would send.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use actix_web::rt::task::spawn_blocking;

/// Sends bytes and reads until the other side closes, or has sent a whole error document. The gateway's accept
/// loop needs this thread meanwhile.
pub(crate) async fn raw(address: &str, request: &str) -> String {
    let (address, request) = (address.to_owned(), request.to_owned());
    spawn_blocking(move || exchange(&address, &request)).await.unwrap()
}

fn exchange(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk).unwrap();
        answer.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&answer);
        if read == 0 || text.ends_with("]}") {
            return text.into_owned();
        }
    }
}
