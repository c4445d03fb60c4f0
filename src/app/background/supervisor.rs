//! Owns every long-lived task by its name: one that fails is restarted, and a stop ends all of them.

use std::{panic::AssertUnwindSafe, pin::pin, time::Duration};

use futures_util::FutureExt as _;
use tokio::{
    task::{AbortHandle, JoinSet},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::telemetry::{Restarts, Task};

/// How long a task that failed waits before it is restarted: twice as long each time, up to the longest delay.
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_mins(1);

/// How long a task must run before its earlier failures are forgotten.
const RECOVERY: Duration = Duration::from_mins(5);

/// A task that runs for as long as the process.
///
/// It keeps in `self` what must outlast a restart. After a panic, `self` is what the panic left: a task changes it in one
/// step, between two awaits.
pub(super) trait Background: Send + 'static {
    /// The task's name.
    const NAME: Task;

    /// The phase of a stop that ends the task.
    const ENDS_ON: Phase;

    /// Does the task's work. It starts again from here after a failure.
    ///
    /// A task that ends on [`Phase::Finish`] returns soon after `finish` is cancelled. What it holds is written first, within
    /// the grace. A task that launches feed gets its last work after `finish`: it returns when their channel is closed.
    fn run(&mut self, finish: &CancellationToken) -> impl Future<Output = Ended> + Send;
}

/// The two phases of a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Take no more, and finish: the task ends by itself, and the process waits for it until the grace is over.
    Finish,
    /// Now: the task goes on while launches and other tasks finish, and is dropped after them.
    Now,
}

/// Why a task returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// It was asked to finish. Without such a request, it is restarted.
    Stopped,
    /// It has nothing more to do in this process.
    ForGood,
}

/// Owns the tasks. Dropped, it drops them too.
pub(in crate::app) struct Supervisor {
    finish: CancellationToken,
    finishing: JoinSet<()>,
    going_on: JoinSet<()>,
    /// The same tasks as in `finishing`.
    names: Vec<(Task, AbortHandle)>,
    restarts: Restarts,
}

impl Supervisor {
    pub(super) fn new(restarts: Restarts) -> Self {
        Self {
            finish: CancellationToken::new(),
            finishing: JoinSet::new(),
            going_on: JoinSet::new(),
            names: Vec::new(),
            restarts,
        }
    }

    pub(super) fn start<B: Background>(&mut self, task: B) {
        let supervised = supervise(task, self.finish.clone(), self.restarts.clone());
        match B::ENDS_ON {
            Phase::Finish => self.names.push((B::NAME, self.finishing.spawn(supervised))),
            Phase::Now => {
                self.going_on.spawn(supervised);
            }
        }
    }

    /// The first phase of a stop: asks the tasks to finish, and waits for those that do until the grace is over.
    pub(in crate::app) async fn finish(&mut self, grace: Duration) {
        self.finish.cancel();
        let finished = async { while self.finishing.join_next().await.is_some() {} };
        // Whatever is left is named and cut off in the second phase.
        let _either_way = timeout(grace, finished).await;
    }

    /// The second phase of a stop: cuts off every task that is left.
    pub(in crate::app) async fn now(mut self) {
        for (task, _) in self.names.iter().filter(|(_, task)| !task.is_finished()) {
            tracing::warn!(
                task = task.as_str(),
                "a background task did not finish in time and is cut off"
            );
        }
        self.finishing.shutdown().await;
        self.going_on.shutdown().await;
    }
}

/// Runs a task, and restarts it for as long as it fails.
async fn supervise<B: Background>(mut task: B, finish: CancellationToken, restarts: Restarts) {
    let mut delay = FIRST_DELAY;
    loop {
        let mut run = pin!(AssertUnwindSafe(async { task.run(&finish).await }).catch_unwind());
        let ended = match timeout(RECOVERY, &mut run).await {
            Ok(ended) => ended,
            Err(_still_runs) => {
                delay = FIRST_DELAY;
                restarts.recovered(B::NAME);
                run.await
            }
        };
        let why = match ended {
            Ok(Ended::ForGood) => return,
            Ok(Ended::Stopped) if finish.is_cancelled() => return,
            Ok(Ended::Stopped) => "ended",
            // The panic hook has reported its place. Its text may hold anything.
            Err(_text_stays_secret) => "panicked",
        };
        restarts.failed(B::NAME);
        tracing::error!(
            task = B::NAME.as_str(),
            why,
            "a background task failed and will be restarted"
        );
        if finish.is_cancelled() {
            sleep(delay).await;
        } else {
            // A task that is asked to finish meanwhile runs at once: it may hold what must be written.
            let _either_way = timeout(delay, finish.cancelled()).await;
        }
        delay = (delay * 2).min(LONGEST_DELAY);
        restarts.restarted(B::NAME);
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::{
        sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
        time::Instant,
    };

    use super::*;
    use crate::telemetry::Trouble;

    const GRACE: Duration = Duration::from_secs(30);

    /// A task that does what a test says, each time it runs.
    struct Acts<F, const UNTIL_NOW: bool>(F);

    impl<F, R, const UNTIL_NOW: bool> Background for Acts<F, UNTIL_NOW>
    where
        F: FnMut(CancellationToken) -> R + Send + 'static,
        R: Future<Output = Ended> + Send,
    {
        const NAME: Task = Task::Sweep;
        const ENDS_ON: Phase = if UNTIL_NOW { Phase::Now } else { Phase::Finish };

        async fn run(&mut self, finish: &CancellationToken) -> Ended {
            (self.0)(finish.clone()).await
        }
    }

    fn finishes<F>(act: F) -> Acts<F, false> {
        Acts(act)
    }

    fn goes_on<F>(act: F) -> Acts<F, true> {
        Acts(act)
    }

    fn supervisor() -> (Supervisor, Restarts) {
        let restarts = Restarts::default();
        (Supervisor::new(restarts.clone()), restarts)
    }

    fn total(restarts: &Restarts) -> u64 {
        restarts.totals().map(|(_, total)| total).sum()
    }

    fn trouble(restarts: &Restarts) -> Option<Trouble> {
        restarts.troubles().map(|(_, trouble)| trouble).next()
    }

    /// A task that says when it runs, and panics after so long.
    fn panics(after: Duration) -> (impl Background, UnboundedReceiver<Instant>) {
        let (runs, ran) = unbounded_channel();
        let task = finishes(move |_| {
            runs.send(Instant::now()).unwrap();
            async move {
                sleep(after).await;
                panic!("as planned");
            }
        });
        (task, ran)
    }

    /// Says so when it is dropped.
    struct Dropped(UnboundedSender<&'static str>);

    impl Drop for Dropped {
        fn drop(&mut self) {
            let _nobody_asks = self.0.send("dropped");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_comes_back_after_a_growing_delay() {
        let (mut supervisor, restarts) = supervisor();
        let (task, mut ran) = panics(Duration::ZERO);
        supervisor.start(task);
        let mut last = ran.recv().await.unwrap();
        let mut delays = Vec::new();
        for _ in 0..8 {
            let next = ran.recv().await.unwrap();
            delays.push((next - last).as_secs());
            last = next;
        }
        assert_eq!(delays, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(total(&restarts), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_has_run_for_a_while_is_trusted_again() {
        let (mut supervisor, restarts) = supervisor();
        let (task, mut ran) = panics(RECOVERY + FIRST_DELAY);
        supervisor.start(task);
        let mut last = ran.recv().await.unwrap();
        for times in 1..4 {
            let next = ran.recv().await.unwrap();
            assert_eq!((next - last).as_secs(), (RECOVERY + FIRST_DELAY * 2).as_secs());
            assert_eq!(trouble(&restarts), Some(Trouble::Restarted(1)));
            assert_eq!(total(&restarts), times);
            last = next;
        }
        sleep(RECOVERY + FIRST_DELAY / 2).await;
        assert_eq!(trouble(&restarts), None);
        sleep(FIRST_DELAY).await;
        assert_eq!(trouble(&restarts), Some(Trouble::Waiting));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_ends_unasked_comes_back_and_one_that_is_done_does_not() {
        let (mut supervisor, restarts) = supervisor();
        let (runs, mut ran) = unbounded_channel();
        let mut ends = [Ended::Stopped, Ended::Stopped, Ended::ForGood].into_iter();
        supervisor.start(finishes(move |_| {
            let ended = ends.next().unwrap();
            runs.send(ended).unwrap();
            async move { ended }
        }));
        let mut seen = Vec::new();
        // The channel closes when the task is gone.
        while let Some(ended) = ran.recv().await {
            seen.push(ended);
        }
        assert_eq!(seen, [Ended::Stopped, Ended::Stopped, Ended::ForGood]);
        assert_eq!(total(&restarts), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_waits_for_what_a_task_still_writes() {
        let (mut supervisor, restarts) = supervisor();
        let (writes, mut written) = unbounded_channel();
        supervisor.start(finishes(move |finish: CancellationToken| {
            let writes = writes.clone();
            async move {
                finish.cancelled().await;
                sleep(GRACE / 2).await;
                writes.send("flushed").unwrap();
                Ended::Stopped
            }
        }));
        let begin = Instant::now();
        supervisor.finish(GRACE).await;
        assert_eq!(begin.elapsed().as_secs(), GRACE.as_secs() / 2);
        assert_eq!(written.try_recv(), Ok("flushed"));
        supervisor.now().await;
        assert_eq!(total(&restarts), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_will_not_stop_is_cut_off_at_the_grace() {
        let (mut supervisor, _) = supervisor();
        let (events, mut seen) = unbounded_channel();
        supervisor.start(finishes(move |_| {
            let dropped = Dropped(events.clone());
            async move {
                let _until_the_end = dropped;
                pending().await
            }
        }));
        let begin = Instant::now();
        supervisor.finish(GRACE).await;
        assert_eq!(begin.elapsed().as_secs(), GRACE.as_secs());
        assert!(seen.try_recv().is_err());
        supervisor.now().await;
        assert_eq!(seen.recv().await, Some("dropped"));
        assert_eq!(seen.recv().await, None, "it does not come back");
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_ends_on_now_goes_on_until_the_others_have_finished() {
        let (mut supervisor, restarts) = supervisor();
        let (events, mut seen) = unbounded_channel();
        let ticks = events.clone();
        supervisor.start(goes_on(move |_| {
            let ticks = ticks.clone();
            async move {
                let dropped = Dropped(ticks.clone());
                loop {
                    sleep(Duration::from_secs(2)).await;
                    dropped.0.send("tick").unwrap();
                }
            }
        }));
        supervisor.start(finishes(move |finish: CancellationToken| {
            let events = events.clone();
            async move {
                finish.cancelled().await;
                sleep(Duration::from_secs(5)).await;
                events.send("finished").unwrap();
                Ended::Stopped
            }
        }));
        supervisor.finish(GRACE).await;
        supervisor.now().await;
        let mut in_order = Vec::new();
        while let Some(event) = seen.recv().await {
            in_order.push(event);
        }
        assert_eq!(in_order, ["tick", "tick", "finished", "dropped"]);
        assert_eq!(total(&restarts), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_awaiting_restart_writes_what_it_holds_before_it_finishes() {
        let (mut supervisor, restarts) = supervisor();
        let (writes, mut written) = unbounded_channel();
        let mut runs = 0;
        supervisor.start(finishes(move |finish: CancellationToken| {
            runs += 1;
            let writes = writes.clone();
            async move {
                assert!(finish.is_cancelled(), "as planned");
                // The first run after the stop fails too.
                assert!(runs > 6, "as planned");
                writes.send("flushed").unwrap();
                Ended::Stopped
            }
        }));
        // Fails at 0, 1, 3, 7 and 15 s, and waits for 16 s.
        sleep(Duration::from_secs(16)).await;
        assert_eq!(trouble(&restarts), Some(Trouble::Waiting));
        let begin = Instant::now();
        supervisor.finish(Duration::from_mins(2)).await;
        assert_eq!(written.try_recv(), Ok("flushed"));
        assert_eq!(begin.elapsed().as_secs(), 32, "one delay, after the run that failed");
    }

    #[tokio::test(start_paused = true)]
    async fn dropping_the_supervisor_drops_its_tasks() {
        let (mut supervisor, _) = supervisor();
        let (events, mut seen) = unbounded_channel();
        supervisor.start(goes_on(move |_| {
            let dropped = Dropped(events.clone());
            async move {
                let _until_the_end = dropped;
                pending().await
            }
        }));
        drop(supervisor);
        while seen.recv().await.is_some() {}
    }
}
