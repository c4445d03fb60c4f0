//! An upstream on a plain socket, for what no web server would do: it reads a request's head, and then whatever a test says
//! happens.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use socket2::{Domain, Socket, Type};

use super::app::EMBED_URL;

/// What happens to the connection after an answer.
pub(crate) enum Then {
    /// The next request may come.
    Keep,
    /// It is closed as usual.
    Close,
    /// It is reset.
    Reset,
}

/// A running upstream. Dropped, it stops listening and breaks every connection, as a process that is killed does.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    is_stopping: AtomicBool,
    received: AtomicUsize,
    connections: AtomicUsize,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
    work: Duration,
    heads: Mutex<Vec<String>>,
    open: Mutex<Vec<TcpStream>>,
}

impl Peer {
    /// Responds to requests as `answer` says; it gets how many came before.
    pub(crate) fn start(answer: impl Fn(usize, &mut TcpStream) -> Then + Send + Sync + 'static) -> Self {
        Self::slow(Duration::ZERO, answer)
    }

    /// Works for so long on each request before it answers.
    pub(crate) fn slow(work: Duration, answer: impl Fn(usize, &mut TcpStream) -> Then + Send + Sync + 'static) -> Self {
        Self::listen(SocketAddr::from(([127, 0, 0, 1], 0)), work, answer)
    }

    pub(crate) fn listen(
        address: SocketAddr,
        work: Duration,
        answer: impl Fn(usize, &mut TcpStream) -> Then + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            is_stopping: AtomicBool::new(false),
            received: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
            under_way: AtomicUsize::new(0),
            most_under_way: AtomicUsize::new(0),
            work,
            heads: Mutex::default(),
            open: Mutex::new(Vec::new()),
        });
        let (accepting, answer) = (Arc::clone(&shared), Arc::new(answer));
        thread::spawn(move || {
            for connection in listener.incoming() {
                if accepting.is_stopping.load(Ordering::SeqCst) {
                    return;
                }
                let connection = connection.unwrap();
                accepting.connections.fetch_add(1, Ordering::SeqCst);
                accepting.open.lock().unwrap().push(connection.try_clone().unwrap());
                let (shared, answer) = (Arc::clone(&accepting), Arc::clone(&answer));
                thread::spawn(move || shared.serve(connection, &*answer));
            }
        });
        Self { address, shared }
    }

    /// The base URL's line of a configuration.
    pub(crate) fn as_upstream(&self) -> String {
        format!("base_url = \"http://{}\"", self.address)
    }

    /// How many requests came, whatever became of them.
    pub(crate) fn received(&self) -> usize {
        self.shared.received.load(Ordering::SeqCst)
    }

    /// The heads of the requests that came, in lower case.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.shared.heads.lock().unwrap().clone()
    }

    /// How many connections came.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many requests were worked on at once, at most.
    pub(crate) fn most_under_way(&self) -> usize {
        self.shared.most_under_way.load(Ordering::SeqCst)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _woken = TcpStream::connect(self.address);
        for open in self.shared.open.lock().unwrap().drain(..) {
            let _gone_already = open.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn serve(&self, mut connection: TcpStream, answer: &(impl Fn(usize, &mut TcpStream) -> Then + ?Sized)) {
        while let Some(head) = read_head(&mut connection) {
            self.heads.lock().unwrap().push(head);
            let before = self.received.fetch_add(1, Ordering::SeqCst);
            let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_under_way.fetch_max(now, Ordering::SeqCst);
            thread::sleep(self.work);
            // Before the response: a client that has it may send the next request at once.
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            match answer(before, &mut connection) {
                Then::Keep => {}
                Then::Close => break,
                Then::Reset => {
                    socket2::SockRef::from(&connection)
                        .set_linger(Some(Duration::ZERO))
                        .unwrap();
                    // The other handle of this socket would keep it open.
                    self.open.lock().unwrap().clear();
                    return;
                }
            }
        }
        let _gone_already = connection.shutdown(Shutdown::Both);
    }
}

/// Reads to the end of a request's head, if there is one.
fn read_head(connection: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match connection.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            Ok(_) | Err(_) => return None,
        }
    }
    Some(String::from_utf8_lossy(&head).to_ascii_lowercase())
}

/// Writes as much as the other side takes.
pub(crate) fn say(connection: &mut TcpStream, text: &str) -> bool {
    connection.write_all(text.as_bytes()).is_ok()
}

/// Answers with an embed URL.
pub(crate) fn embed(connection: &mut TcpStream) -> Then {
    answer(connection, "200 OK", "", EMBED_URL)
}

/// Answers as a well-behaved server does.
pub(crate) fn answer(connection: &mut TcpStream, status: &str, headers: &str, body: &str) -> Then {
    let length = body.len();
    say(
        connection,
        &format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}"),
    );
    Then::Keep
}

/// Answers nothing until the other side has gone.
pub(crate) fn hang(connection: &mut TcpStream) -> Then {
    let _gone = connection.read(&mut [0]);
    Then::Close
}

/// A listener whose queue is full: the kernel answers no further connection.
pub(crate) fn black_hole() -> (SocketAddr, (Socket, TcpStream)) {
    let full = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    full.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    full.listen(0).unwrap();
    let address = full.local_addr().unwrap().as_socket().unwrap();
    let waiting = TcpStream::connect(address).unwrap();
    (address, (full, waiting))
}

/// An address on this machine that refuses every connection, for as long as the test's process lives: nothing else can listen there.
pub(crate) fn deaf() -> SocketAddr {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let bound: &Socket = Box::leak(Box::new(socket));
    bound.local_addr().unwrap().as_socket().unwrap()
}
