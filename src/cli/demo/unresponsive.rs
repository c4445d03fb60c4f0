//! An address where no server ever accepts: the kernel already has as many connections waiting there as it takes, so it
//! does not respond to another one. It shows what happens when Empego accepts no connection.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpStream},
};

use socket2::{Domain, Socket, Type};

/// The address, for as long as this is kept.
pub(super) struct Unresponsive {
    pub(super) address: SocketAddr,
    _listening: Socket,
    _waiting: TcpStream,
}

impl Unresponsive {
    /// Takes a free port, and accepts no connection.
    ///
    /// # Errors
    /// If the system has no port.
    pub(super) fn on_any_port() -> io::Result<Self> {
        let listening = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        listening.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        listening.listen(0)?;
        let address = listening
            .local_addr()?
            .as_socket()
            .ok_or(io::ErrorKind::AddrNotAvailable)?;
        let waiting = TcpStream::connect(address)?;
        Ok(Self {
            address,
            _listening: listening,
            _waiting: waiting,
        })
    }
}
