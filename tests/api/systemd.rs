//! The gateway under systemd: it says how it is, and takes over sockets that outlive it.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    os::{fd::OwnedFd, unix::net::UnixDatagram},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::helpers::TestConfig;

/// A folder with a configuration, and a socket like systemd's own for what a service says.
struct Service {
    folder: TempDir,
    told: UnixDatagram,
}

impl Service {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = TestConfig::strict()
            .server("shutdown_grace_secs = 5")
            .text("http://127.0.0.1:1");
        std::fs::write(folder.path().join("gateway.toml"), text).unwrap();
        let told = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        told.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self { folder, told }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// The gateway in a shell of its own, which can say what its process id is before it becomes the gateway.
    fn command(&self, before: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        let line = format!("{before} exec \"$0\" serve --config gateway.toml");
        command
            .args(["-c", &line, env!("CARGO_BIN_EXE_empego-gateway")])
            .env_clear()
            .env("EMPEGO_API_KEY", "upstream-key")
            .env("NOTIFY_SOCKET", self.path("notify"))
            .current_dir(self.folder.path())
            .stderr(Stdio::null());
        command
    }

    /// What it says until a message holds this; all of it.
    fn until(&self, text: &str) -> String {
        let mut said = String::new();
        let mut message = [0; 4096];
        while !said.contains(text) {
            let length = self
                .told
                .recv(&mut message)
                .unwrap_or_else(|error| panic!("{error} after: {said}"));
            said.push_str(std::str::from_utf8(&message[..length]).unwrap());
            said.push('\n');
        }
        said
    }
}

fn stop(mut child: Child) {
    let status = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
    assert!(child.wait().unwrap().success());
}

#[test]
fn it_says_when_it_is_ready_that_it_lives_and_when_it_stops() {
    let service = Service::new();
    let mut command = service.command("WATCHDOG_USEC=300000 WATCHDOG_PID=$$");
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let said = service.until("READY=1");
    assert!(said.contains("STATUS=accepting launches"), "{said}");
    for _ in 0..5 {
        service.until("WATCHDOG=1");
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let said = service.until("STOPPING=1");
    assert!(said.contains("STATUS=finishing the launches in flight"), "{said}");
    stopped(child);
}

fn stopped(mut child: Child) {
    assert!(child.wait().unwrap().success());
}

/// Asks for a page on a connection that may have to wait for the next process.
fn ask(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_restart_behind_systemds_sockets_refuses_no_connection() {
    let service = Service::new();
    let (public, admin) = (
        TcpListener::bind("127.0.0.1:0").unwrap(),
        TcpListener::bind("127.0.0.1:0").unwrap(),
    );
    let (at_public, at_admin) = (public.local_addr().unwrap(), admin.local_addr().unwrap());
    let start = || {
        let mut command = service.command("exec 3<&0 4<&1 </dev/null >/dev/null; LISTEN_PID=$$ LISTEN_FDS=2");
        let [public, admin] = [&public, &admin].map(|socket| OwnedFd::from(socket.try_clone().unwrap()));
        command
            .stdin(Stdio::from(public))
            .stdout(Stdio::from(admin))
            .spawn()
            .unwrap()
    };
    let first = start();
    service.until("READY=1");
    assert!(ask(at_public, "/openapi.yaml").starts_with("HTTP/1.1 200"));
    assert!(ask(at_admin, "/livez").starts_with("HTTP/1.1 200"));
    stop(first);
    let waiting = std::thread::spawn(move || ask(at_public, "/openapi.yaml"));
    let second = start();
    assert!(waiting.join().unwrap().starts_with("HTTP/1.1 200"));
    stop(second);
}

/// What it says when it does not start.
fn refused(service: &Service, before: &str, sockets: [&TcpListener; 2]) -> String {
    let [public, admin] = sockets.map(|socket| OwnedFd::from(socket.try_clone().unwrap()));
    let mut command = service.command(before);
    let output = command
        .stdin(Stdio::from(public))
        .stdout(Stdio::from(admin))
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn sockets_that_do_not_fit_are_named() {
    let service = Service::new();
    let (local, open) = (
        TcpListener::bind("127.0.0.1:0").unwrap(),
        TcpListener::bind("0.0.0.0:0").unwrap(),
    );
    let one = "exec 3<&0 </dev/null >/dev/null; LISTEN_PID=$$ LISTEN_FDS=1";
    assert!(refused(&service, one, [&local, &local]).contains("systemd handed over 1 sockets"));
    let two = "exec 3<&0 4<&1 </dev/null >/dev/null; LISTEN_PID=$$ LISTEN_FDS=2";
    let why = refused(&service, two, [&open, &local]);
    assert!(why.contains("systemd's socket for server.listen is 0.0.0.0:"), "{why}");
    assert!(why.contains("server.behind_proxy = true"), "{why}");
}
