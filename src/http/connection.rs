//! A caller's connection, on which no request head may take forever.
//!
//! The HTTP library times the first head of a connection and no later one: whoever asked for anything once could hold the
//! connection with half of a second head for as long as they like.

use std::{
    cell::Cell,
    future::Future as _,
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::dev::{Extensions, ServiceRequest};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// A socket that fails once a head is overdue.
#[derive(Debug)]
pub struct Connection {
    socket: TcpStream,
    head_timeout: Duration,
    phase: Rc<Phase>,
    /// Runs from the first byte of a head until the request is here.
    overdue: Option<Pin<Box<Sleep>>>,
}

/// What both ends of the HTTP library know of a connection.
#[derive(Debug, Default)]
struct Phase {
    /// From a request's head to the beginning of its answer.
    has_request: Cell<bool>,
}

impl Connection {
    /// A new connection, whose every head may take so long.
    #[must_use]
    pub fn new(socket: TcpStream, head_timeout: Duration) -> Self {
        Self {
            socket,
            head_timeout,
            phase: Rc::default(),
            overdue: None,
        }
    }

    /// Makes the connection known to its requests.
    pub fn introduce(&self, to: &mut Extensions) {
        to.insert(Rc::clone(&self.phase));
    }

    /// Whether a head is under way for too long.
    fn is_overdue(&mut self, context: &mut Context<'_>) -> bool {
        if self.phase.has_request.get() {
            self.overdue = None;
        }
        self.overdue
            .as_mut()
            .is_some_and(|overdue| overdue.as_mut().poll(context).is_ready())
    }
}

/// Notes that a request's head is here. What is read now is its body, which is timed where it is read.
pub(super) fn head_is_here(request: &ServiceRequest) {
    if let Some(phase) = request.conn_data::<Rc<Phase>>() {
        phase.has_request.set(true);
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.socket).poll_read(context, into);
        if into.filled().len() > before && self.overdue.is_none() && !self.phase.has_request.get() {
            self.overdue = Some(Box::pin(sleep(self.head_timeout)));
        }
        if read.is_pending() && self.is_overdue(context) {
            return Poll::Ready(Err(ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.answering();
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.answering();
        Pin::new(&mut self.socket).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

impl Connection {
    /// The request has its answer: what is read from now on is the next head.
    fn answering(&mut self) {
        if self.phase.has_request.replace(false) {
            self.overdue = None;
        }
    }
}
