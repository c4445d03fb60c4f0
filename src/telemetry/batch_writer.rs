//! Writes log lines in batches, so that a busy process writes many at once.

use std::{
    io::{self, BufWriter, Write},
    thread,
    time::Duration,
};

/// How long lines gather before they are written, at most. Without that, each line of a busy process would wake the thread
/// that writes it, and cost it a system call.
const PAUSE: Duration = Duration::from_millis(5);

/// Writes what it was given when it is flushed, then lets more gather. For a thread that has nothing else to do,
/// because a flush makes its caller wait.
pub(super) struct BatchWriter<W: Write>(BufWriter<W>);

impl<W: Write> BatchWriter<W> {
    pub(super) fn new(lines: W) -> Self {
        Self(BufWriter::new(lines))
    }
}

impl<W: Write> Write for BatchWriter<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        let written = self.0.flush();
        thread::sleep(PAUSE);
        written
    }
}
