//! Work on a disk that may never come back, as a network's does when its server is gone.

use std::{thread, time::Duration};

use tokio::{sync::oneshot, time::timeout};

/// Does this on a thread of its own, which ends with the process if it hangs. None if it took longer than this.
pub(super) async fn within<T: Send + 'static>(limit: Duration, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, result) = oneshot::channel();
    thread::spawn(move || {
        // Without a reader the time is up, which is reported there.
        let _reader_is_gone = done.send(work());
    });
    timeout(limit, result).await.ok()?.ok()
}
