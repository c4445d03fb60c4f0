//! Two things at once, with an outcome that does not depend on which of them was faster.

use std::pin::pin;

use futures_util::future::{Either, select};

/// Does both at once, for as long as neither fails. If both would, it is always the first one's error: that one ends the
/// second at once, and the second one's waits until it is certain that the first has none.
///
/// What is ended so must leave nothing half done, so both must only read.
pub(super) async fn both<A, B, E>(
    first: impl Future<Output = Result<A, E>>,
    second: impl Future<Output = Result<B, E>>,
) -> Result<(A, B), E> {
    let (first, second) = (pin!(first), pin!(second));
    match select(first, second).await {
        Either::Left((first, second)) => Ok((first?, second.await?)),
        Either::Right((second, first)) => Ok((first.await?, second?)),
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, time::Duration};

    use tokio::time::{Instant, sleep};

    use super::*;

    async fn after(seconds: u64, outcome: Result<u8, u8>) -> Result<u8, u8> {
        sleep(Duration::from_secs(seconds)).await;
        outcome
    }

    #[tokio::test(start_paused = true)]
    async fn both_take_as_long_as_the_longer_one() {
        let begin = Instant::now();
        let done = both(after(2, Ok(1)), after(3, Ok(2))).await;
        assert_eq!((done, begin.elapsed().as_secs()), (Ok((1, 2)), 3));
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_error_is_reported_whichever_comes_sooner() {
        let rows = [
            (after(1, Err(1)), after(2, Err(2)), Err(1), 1, "the first, sooner"),
            (after(2, Err(1)), after(1, Err(2)), Err(1), 2, "the first, later"),
            (
                after(1, Err(1)),
                after(1, Err(2)),
                Err(1),
                1,
                "the first, in the same moment",
            ),
            (after(1, Err(1)), after(9, Ok(2)), Err(1), 1, "the first alone"),
            (after(2, Ok(1)), after(1, Err(2)), Err(2), 2, "the second alone, sooner"),
            (after(1, Ok(1)), after(2, Err(2)), Err(2), 2, "the second alone, later"),
        ];
        for (first, second, expected, seconds, about) in rows {
            let begin = Instant::now();
            assert_eq!(both(first, second).await, expected, "{about}");
            assert_eq!(begin.elapsed().as_secs(), seconds, "{about}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_of_the_first_ends_the_second() {
        let steps = Cell::new(0);
        let second = async {
            for _ in 0..9 {
                sleep(Duration::from_secs(1)).await;
                steps.update(|steps| steps + 1);
            }
            Ok(2)
        };
        assert_eq!(both(after(3, Err(1)), second).await, Err(1));
        sleep(Duration::from_secs(9)).await;
        assert!(steps.get() <= 3, "{}", steps.get());
    }
}
