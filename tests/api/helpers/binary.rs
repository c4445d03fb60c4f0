//! Runs the built binary.

use std::{
    io::{BufRead, BufReader, Read as _},
    process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio},
};

/// The binary, with a clean environment.
pub(crate) fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_empego-gateway"));
    command.env_clear();
    command
}

/// Runs it to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    binary().args(arguments).output().unwrap()
}

/// A process that runs until it is stopped.
pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self { child, stdout, stderr }
    }

    /// The first line of standard output that starts so, without its start.
    pub(crate) fn line(&mut self, start: &str) -> String {
        line(&mut self.stdout, |line| line.strip_prefix(start).map(str::to_owned))
    }

    /// Where `serve` takes launches, from its log.
    pub(crate) fn address(&mut self) -> String {
        self.addresses().0
    }

    /// Where `serve` takes launches, and where its operator's pages are.
    pub(crate) fn addresses(&mut self) -> (String, String) {
        line(&mut self.stderr, |line| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            let text = |name: &str| line[name].as_str().unwrap().to_owned();
            (line["message"] == "listening").then(|| (text("address"), text("admin_address")))
        })
    }

    /// Every line of its log up to the one that holds this text.
    pub(crate) fn logged(&mut self, text: &str) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            let next = line(&mut self.stderr, |line| Some(line.to_owned()));
            seen.push(next.clone());
            if next.contains(text) {
                return seen;
            }
        }
    }

    /// Asks it to stop.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args([format!("-{name}"), pid]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for its end; the status and what it wrote to standard error since it was last looked at.
    pub(crate) fn ended(mut self) -> (ExitStatus, String) {
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap(), rest)
    }

    /// Stops it and waits for its end.
    pub(crate) fn stop(self) -> (ExitStatus, String) {
        self.signal("TERM");
        self.ended()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone unless the test failed.
        let _gone = self.child.kill();
    }
}

fn line<T>(output: &mut impl BufRead, find: impl Fn(&str) -> Option<T>) -> T {
    let mut seen = String::new();
    loop {
        let start = seen.len();
        assert!(output.read_line(&mut seen).unwrap() > 0, "it ended after: {seen}");
        if let Some(found) = find(seen[start..].trim_end()) {
            return found;
        }
    }
}
