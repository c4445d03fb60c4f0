//! Ports for servers that cannot choose one themselves.

use std::net::TcpListener;

/// A port that was free a moment ago. It is not handed out again soon, since the kernel chooses them at random.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
