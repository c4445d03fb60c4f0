//! A caller's bytes, with or without TLS.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;

/// What a connection reads from and writes to.
#[derive(Debug)]
pub(super) enum Socket {
    Plain(TcpStream),
    /// Boxed: it is a kilobyte, and most gateways have a proxy in front that ends TLS.
    Encrypted(Box<TlsStream<TcpStream>>),
}

/// Hands a call on to whichever it is.
macro_rules! hand_on {
    ($socket:expr, $call:ident($($argument:expr),*)) => {
        match $socket {
            Socket::Plain(socket) => Pin::new(socket).$call($($argument),*),
            Socket::Encrypted(socket) => Pin::new(socket).$call($($argument),*),
        }
    };
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        hand_on!(self.get_mut(), poll_read(context, into))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        hand_on!(self.get_mut(), poll_write(context, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        hand_on!(self.get_mut(), poll_write_vectored(context, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(socket) => socket.is_write_vectored(),
            Self::Encrypted(socket) => socket.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        hand_on!(self.get_mut(), poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        hand_on!(self.get_mut(), poll_shutdown(context))
    }
}
