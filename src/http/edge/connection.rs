//! A caller's connection, which a caller cannot hold for longer than it has a use for it.
//!
//! The HTTP library times the first head of a connection, and the pause after a response. It does not time later heads,
//! the rest of a body whose request already has its response, or callers who do not read their responses: each could
//! hold a connection indefinitely, without any credential.

use std::{
    cell::Cell,
    future::Future as _,
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    HttpRequest,
    dev::{Extensions, ServiceRequest},
};
use domain::{caller_address::CallerAddress, client_certificate::PresentedCertificate};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

use super::{
    connections::{Admitted, Standing},
    cut_off::CutOff,
    patience::Patience,
    request_line::FragmentWatch,
    socket::Socket,
};

/// What a caller gets if it asks whether to send its body: the response is still to come.
const INTERIM: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// A socket that fails once its caller has taken too long.
#[derive(Debug)]
pub struct Connection {
    socket: Socket,
    timeouts: ConnectionTimeouts,
    admitted: Admitted,
    certificate: Option<Arc<PresentedCertificate>>,
    caller_address: Arc<CallerAddress>,
    fragments: FragmentWatch,
    targets: Rc<Targets>,
    /// Runs while a caller is waited for.
    reading: Option<Waiting>,
    /// With a caller who does not take what it was sent.
    patience: Patience,
    is_cut_off: bool,
}

/// How long a caller may take.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionTimeouts {
    /// For a request's head, from its first byte; and for taking an answer, beside what its length takes at the least rate.
    pub head: Duration,
    /// For asking for something else after an answer.
    pub idle: Duration,
}

#[derive(Debug)]
struct Waiting {
    /// Whether a first byte of a head came.
    has_begun: bool,
    until: Pin<Box<Sleep>>,
}

/// What was seen in request targets, since the HTTP library keeps quiet about it.
#[derive(Debug, Default)]
struct Targets {
    /// One with a fragment has come, which the library drops.
    has_fragment: Cell<bool>,
}

impl Connection {
    /// A new connection, of a caller who may have proved to have a certificate.
    pub(super) fn new(
        socket: Socket,
        timeouts: ConnectionTimeouts,
        admitted: Admitted,
        certificate: Option<PresentedCertificate>,
        caller_address: Arc<CallerAddress>,
    ) -> Self {
        Self {
            socket,
            timeouts,
            admitted,
            certificate: certificate.map(Arc::new),
            caller_address,
            fragments: FragmentWatch::default(),
            targets: Rc::default(),
            reading: None,
            patience: Patience::new(timeouts.head),
            is_cut_off: false,
        }
    }

    /// Makes the connection known to its requests.
    pub fn introduce(&self, to: &mut Extensions) {
        to.insert(Arc::clone(self.admitted.standing()));
        to.insert(Rc::clone(&self.targets));
        to.insert(Arc::clone(&self.caller_address));
        if let Some(certificate) = &self.certificate {
            to.insert(Arc::clone(certificate));
        }
    }

    /// Something was read. Unless it belongs to a request that is here already, a head has begun.
    fn has_read(&mut self, bytes: usize) {
        if !self.admitted.standing().has_request() {
            self.admitted.reads_head(bytes);
        }
        let has_begun = self.reading.as_ref().is_some_and(|waiting| waiting.has_begun);
        if !has_begun && !self.admitted.standing().has_request() {
            self.reading = Some(Waiting {
                has_begun: true,
                until: Box::pin(sleep(self.timeouts.head)),
            });
        }
    }

    /// Whether the caller has taken too long to ask. A caller that a response is still being written to has not: how
    /// long it may take for that is a matter of patience.
    fn is_overdue(&mut self, context: &mut Context<'_>) -> bool {
        if self.admitted.standing().has_request() {
            self.reading = None;
        }
        if self.patience.is_running() {
            return false;
        }
        self.reading
            .as_mut()
            .is_some_and(|waiting| waiting.until.as_mut().poll(context).is_ready())
    }

    /// The request has its response, or more of it: what is read from now on is the next head, or the rest of a body
    /// that is not needed. Its time begins anew with each part of a response.
    fn answering(&mut self, context: &mut Context<'_>) {
        // The library's own timer is there first, where it has one.
        let to_ask = self.timeouts.idle + self.timeouts.head;
        if self.admitted.standing().begins_answer() {
            self.reading = Some(Waiting {
                has_begun: false,
                until: Box::pin(sleep(to_ask)),
            });
        } else if let Some(waiting) = &mut self.reading {
            let time = if waiting.has_begun { self.timeouts.head } else { to_ask };
            waiting.until.as_mut().reset(Instant::now() + time);
        }
        // Nothing may be read for a while: without this poll, no task would be woken when the time is over.
        let _still_runs = self
            .reading
            .as_mut()
            .map(|waiting| waiting.until.as_mut().poll(context));
    }

    /// Notes why the caller is cut off, once.
    fn cut_off(&mut self, reason: CutOff) {
        if !self.is_cut_off {
            self.is_cut_off = true;
            self.admitted.is_cut_off(reason);
        }
    }

    /// Fails what was written if the caller takes too little of it.
    fn taken(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(taken) => {
                self.patience.taken(*taken.as_ref().unwrap_or(&0));
                Poll::Ready(taken)
            }
            Poll::Pending => self.patience.poll_over(context).map(|()| {
                self.cut_off(CutOff::ResponseTooSlow);
                Err(ErrorKind::TimedOut.into())
            }),
        }
    }
}

/// Notes that a request's head is here. What is read now is its body, which is timed where it is read.
pub(in crate::http) fn head_is_here(request: &ServiceRequest) {
    if let Some(standing) = request.conn_data::<Arc<Standing>>() {
        standing.asks();
    }
}

/// Notes that a caller has authenticated.
pub(super) fn caller_is_known(request: &HttpRequest) {
    if let Some(standing) = request.conn_data::<Arc<Standing>>() {
        standing.becomes_known();
    }
}

/// Whether a request target on this connection came with a fragment. From then on nothing that comes on it is believed:
/// which of its requests it was is unknown.
pub(super) fn had_fragment(request: &ServiceRequest) -> bool {
    request
        .conn_data::<Rc<Targets>>()
        .is_some_and(|targets| targets.has_fragment.get())
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.admitted.standing().must_go(context) {
            return Poll::Ready(Err(ErrorKind::ConnectionAborted.into()));
        }
        let before = into.filled().len();
        let read = Pin::new(&mut self.socket).poll_read(context, into);
        if let Some(fresh) = into.filled().get(before..)
            && !fresh.is_empty()
        {
            self.fragments.read(fresh);
            self.targets.has_fragment.set(self.fragments.has_seen_fragment());
            let bytes = fresh.len();
            self.has_read(bytes);
        }
        if read.is_pending() && self.is_overdue(context) {
            if self.reading.as_ref().is_some_and(|waiting| waiting.has_begun) {
                self.cut_off(CutOff::HeadTooSlow);
            }
            return Poll::Ready(Err(ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if bytes != INTERIM {
            self.answering(context);
            if let Some(reason) = CutOff::of_library(bytes) {
                self.cut_off(reason);
            }
        }
        let written = Pin::new(&mut self.socket).poll_write(context, bytes);
        self.taken(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.answering(context);
        let written = Pin::new(&mut self.socket).poll_write_vectored(context, bytes);
        self.taken(context, written)
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
