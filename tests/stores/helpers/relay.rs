//! What stands between a gateway and its database, and can fall silent.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// Carries bytes to a server and back, or takes them and says nothing.
pub(crate) struct Relay {
    pub(crate) port: u16,
    is_silent: Arc<AtomicBool>,
}

impl Relay {
    pub(crate) fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_silent = Arc::new(AtomicBool::new(false));
        let silent = Arc::clone(&is_silent);
        thread::spawn(move || {
            for inside in listener.incoming() {
                let Ok(outside) = TcpStream::connect(("127.0.0.1", server)) else {
                    continue;
                };
                let inside = inside.unwrap();
                let (from, to) = (inside.try_clone().unwrap(), outside.try_clone().unwrap());
                let silence = Arc::clone(&silent);
                thread::spawn(move || carry(from, to, &silence));
                let silence = Arc::clone(&silent);
                thread::spawn(move || carry(outside, inside, &silence));
            }
        });
        Self { port, is_silent }
    }

    /// From now on, whatever arrives is taken and goes nowhere; connections stay open, and new ones are accepted.
    pub(crate) fn fall_silent(&self) {
        self.is_silent.store(true, Ordering::SeqCst);
    }

    /// New connections are carried again. What was lost stays lost.
    pub(crate) fn speak(&self) {
        self.is_silent.store(false, Ordering::SeqCst);
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, is_silent: &AtomicBool) {
    let mut bytes = [0; 8192];
    let mut has_lost = false;
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        has_lost |= is_silent.load(Ordering::SeqCst);
        if !has_lost && to.write_all(bytes.get(..length).unwrap()).is_err() {
            break;
        }
    }
    let _gone_already = to.shutdown(Shutdown::Both);
}
