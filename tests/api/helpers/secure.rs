//! Authorities of our own, what they sign, and servers that show it.

use std::{
    io::{Read, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, IsCa, KeyIdMethod, KeyPair,
    RevokedCertParams, SerialNumber, date_time_ymd,
};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer},
};

pub(crate) type Authority = CertifiedIssuer<'static, KeyPair>;

/// A server with TLS that counts the requests it could read.
pub(crate) struct Secure {
    pub(crate) address: SocketAddr,
    received: Arc<AtomicUsize>,
}

pub(crate) fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

pub(crate) fn certificate(
    names: &[&str],
    last_year: i32,
    authority: &Authority,
) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = KeyPair::generate().unwrap();
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(last_year, 12, 31);
    let certificate = params.signed_by(&key, authority).unwrap();
    (
        certificate.der().clone(),
        PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
    )
}

/// What an authority publishes about certificates with these serial numbers, in PEM: they are no longer valid.
pub(crate) fn revocations(serials: &[&[u8]], authority: &Authority) -> String {
    let revoked = serials.iter().map(|serial| RevokedCertParams {
        serial_number: SerialNumber::from_slice(serial),
        revocation_time: date_time_ymd(2021, 1, 1),
        reason_code: None,
        invalidity_date: None,
    });
    let list = CertificateRevocationListParams {
        this_update: date_time_ymd(2021, 1, 1),
        next_update: date_time_ymd(2099, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: revoked.collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    list.signed_by(authority).unwrap().pem().unwrap()
}

impl Secure {
    /// Answers each request, told by its head in lower case, with a status and a body.
    pub(crate) fn start(
        (certificate, key): (CertificateDer<'static>, PrivateKeyDer<'static>),
        answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let (config, received, answer) = (Arc::new(config), Arc::new(AtomicUsize::new(0)), Arc::new(answer));
        let counter = Arc::clone(&received);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (config, counter, answer) = (Arc::clone(&config), Arc::clone(&counter), Arc::clone(&answer));
                thread::spawn(move || {
                    let tls = ServerConnection::new(config).unwrap();
                    let mut stream = StreamOwned::new(tls, connection.unwrap());
                    let head = read_head(&mut stream);
                    if head.ends_with("\r\n\r\n") {
                        counter.fetch_add(1, Ordering::SeqCst);
                        let (status, body) = answer(&head);
                        let length = body.len();
                        let answer = format!(
                            "HTTP/1.1 {status} Status\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                        );
                        stream.write_all(answer.as_bytes()).unwrap();
                        stream.conn.send_close_notify();
                        let _gone_already = stream.flush();
                    }
                });
            }
        });
        Self { address, received }
    }

    pub(crate) fn received(&self) -> usize {
        self.received.load(Ordering::SeqCst)
    }
}

fn read_head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).to_ascii_lowercase()
}

/// A forward proxy, as hospitals have one: it knows every name, and all of them are one server's.
pub(crate) struct ForwardProxy {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl ForwardProxy {
    /// Leads every `CONNECT` to this server.
    pub(crate) fn to(server: SocketAddr) -> Self {
        Self::start(move |_| Ok(server))
    }

    /// Leads a `CONNECT`, told by its head in lower case, to a server, or refuses it with a status.
    pub(crate) fn start(lead: impl Fn(&str) -> Result<SocketAddr, u16> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, lead) = (Arc::new(Mutex::new(Vec::new())), Arc::new(lead));
        let heads = Arc::clone(&asked);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (heads, lead) = (Arc::clone(&heads), Arc::clone(&lead));
                thread::spawn(move || {
                    let mut inside = connection.unwrap();
                    let head = read_head(&mut inside);
                    heads.lock().unwrap().push(head.clone());
                    match lead(&head) {
                        Ok(server) => {
                            let outside = TcpStream::connect(server).unwrap();
                            inside
                                .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
                                .unwrap();
                            join(inside, outside);
                        }
                        Err(status) => {
                            let answer = format!("HTTP/1.1 {status} Refused\r\ncontent-length: 0\r\n\r\n");
                            let _gone_already = inside.write_all(answer.as_bytes());
                        }
                    }
                });
            }
        });
        Self { address, asked }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of everything that it was asked for, in lower case.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Where it was asked to lead to, each once, in order.
    pub(crate) fn targets(&self) -> Vec<String> {
        let mut targets: Vec<_> = self
            .heads()
            .iter()
            .map(|head| head.lines().next().unwrap_or_default().to_owned())
            .collect();
        targets.sort();
        targets.dedup();
        targets
    }
}

/// Carries bytes both ways until one side is done.
fn join(inside: TcpStream, outside: TcpStream) {
    let (mut from_inside, mut to_outside) = (inside.try_clone().unwrap(), outside.try_clone().unwrap());
    let (mut from_outside, mut to_inside) = (outside, inside);
    thread::spawn(move || {
        let _one_side_is_done = std::io::copy(&mut from_inside, &mut to_outside);
        let _gone_already = to_outside.shutdown(std::net::Shutdown::Write);
    });
    let _one_side_is_done = std::io::copy(&mut from_outside, &mut to_inside);
    let _gone_already = to_inside.shutdown(std::net::Shutdown::Both);
}
