//! Sends one request at a time, with the function that the caller of the run passes in: this package has no HTTP
//! client.

use std::time::{Duration, Instant};

use super::{answer::Answer, request::Request};

/// How often a request is repeated that the target wants later.
const MAX_REPEATS: usize = 5;

/// The longest that a target is waited for before a repeat.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// What became of a request.
pub(super) struct Sent {
    pub(super) took: Duration,
    /// The answer, or why there is none.
    pub(super) answer: Result<Answer, &'static str>,
}

/// Sends a request. A 429 that says when to come back is no answer yet: the rate is the deployment's, not the case's.
pub(super) async fn sent(request: &Request, send: &impl AsyncFn(Request) -> Result<Answer, &'static str>) -> Sent {
    let mut repeats = 0;
    loop {
        let begin = Instant::now();
        let answer = send(request.clone()).await;
        let took = begin.elapsed();
        match answer.as_ref().ok().and_then(come_back_after) {
            Some(wait) if repeats < MAX_REPEATS => {
                repeats += 1;
                tokio::time::sleep(wait.min(MAX_WAIT)).await;
            }
            Some(_) | None => return Sent { took, answer },
        }
    }
}

fn come_back_after(answer: &Answer) -> Option<Duration> {
    let secs = (answer.status == 429).then(|| answer.header("retry-after"))??;
    secs.parse().ok().map(Duration::from_secs)
}
