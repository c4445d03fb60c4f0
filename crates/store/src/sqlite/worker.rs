//! A thread that does jobs, as many at once as are waiting: SQLite's calls block.

use std::{
    fmt,
    thread::{self, JoinHandle},
};

use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::fault::Why;

/// How many jobs may wait. Who has another one waits for a place.
const WAITING: usize = 1024;

/// The most jobs that are done at once.
const AT_ONCE: usize = 256;

/// A running thread. When it is dropped, the jobs that wait are still done.
pub(super) struct Worker<J> {
    jobs: Option<Sender<J>>,
    thread: Option<JoinHandle<()>>,
}

impl<J> fmt::Debug for Worker<J> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Worker")
    }
}

impl<J: Send + 'static> Worker<J> {
    pub(super) fn start(name: &str, mut work: impl FnMut(Vec<J>) + Send + 'static) -> Result<Self, Why> {
        let (jobs, mut waiting) = channel(WAITING);
        let run = move || {
            while let Some(batch) = next(&mut waiting) {
                work(batch);
            }
        };
        let thread = thread::Builder::new().name(name.to_owned()).spawn(run)?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Hands over a job. If the thread is gone, the job is dropped with its way to respond, so that the one who waits learns of it.
    pub(super) async fn hand_over(&self, job: J) {
        if let Some(jobs) = &self.jobs {
            let _gone_with_its_answer = jobs.send(job).await;
        }
    }
}

fn next<J>(waiting: &mut Receiver<J>) -> Option<Vec<J>> {
    let mut batch = vec![waiting.blocking_recv()?];
    while batch.len() < AT_ONCE
        && let Ok(job) = waiting.try_recv()
    {
        batch.push(job);
    }
    Some(batch)
}

impl<J> Drop for Worker<J> {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _panicked_and_was_reported = thread.join();
        }
    }
}
