//! Servers that end with the test, however it ends.

use std::{
    ffi::OsStr,
    os::unix::fs::MetadataExt as _,
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

/// A process that is stopped with the test.
pub(crate) struct ServerProcess {
    child: Child,
    stops_on: Signal,
}

impl ServerProcess {
    /// Starts it. Should the test's own process be killed, the kernel stops it.
    pub(crate) fn start(command: &mut Command, stops_on: Signal) -> Self {
        let child = command.stdin(Stdio::null()).spawn().unwrap();
        Self { child, stops_on }
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Stops it at once, and waits for its end.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().try_into().unwrap()).unwrap()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _gone_already = kill_process(self.pid(), self.stops_on);
            let _gone_already = self.child.wait();
        }
    }
}

/// A command that ends with its parent, as the user that a server demands: PostgreSQL refuses to run as root.
pub(crate) fn unprivileged(program: impl AsRef<OsStr>, user: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.env_clear().env("PATH", "/usr/bin:/bin").arg("--pdeathsig=INT");
    if is_root() {
        command.args(["--reuid", user, "--regid", user, "--clear-groups"]);
    }
    command.arg(program);
    command
}

/// Gives a file or folder to that user.
pub(crate) fn hand_over(path: &std::path::Path, user: &str) {
    if is_root() {
        let status = Command::new("chown").arg("-R").arg(user).arg(path).status().unwrap();
        assert!(status.success());
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}
