//! Random nonces, several at a time: asking for randomness costs as much as sealing, however little is asked for.

use std::cell::RefCell;

use aws_lc_rs::{aead::NONCE_LEN, error::Unspecified, rand};

/// How many are made together. None is kept for long, should a machine be copied while it runs.
const TOGETHER: usize = 16;

thread_local! {
    static NONCES: RefCell<Nonces> = const { RefCell::new(Nonces::new()) };
}

/// One that was never given before.
///
/// # Errors
/// If the operating system has no randomness.
pub(super) fn next() -> Result<[u8; NONCE_LEN], Unspecified> {
    NONCES.with_borrow_mut(|nonces| nonces.next(rand::fill))
}

struct Nonces {
    made: [[u8; NONCE_LEN]; TOGETHER],
    /// How many of them were not given yet, from the first on.
    left: usize,
}

impl Nonces {
    const fn new() -> Self {
        Self {
            made: [[0; NONCE_LEN]; TOGETHER],
            left: 0,
        }
    }

    fn next(
        &mut self,
        fill: impl FnOnce(&mut [u8]) -> Result<(), Unspecified>,
    ) -> Result<[u8; NONCE_LEN], Unspecified> {
        if self.left == 0 {
            fill(self.made.as_flattened_mut())?;
            self.left = TOGETHER;
        }
        self.left -= 1;
        self.made.get(self.left).copied().ok_or(Unspecified)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_nonce_is_given_twice() {
        let mut nonces = Nonces::new();
        let mut fillings = 0_u8;
        let given: BTreeSet<_> = (0..5 * TOGETHER)
            .map(|_| {
                let fill = |bytes: &mut [u8]| {
                    fillings += 1;
                    for (byte, number) in bytes.iter_mut().zip(0_u8..) {
                        // 192 bytes, each its own number, and that of the filling beside it.
                        *byte = if number % 2 == 0 { fillings } else { number };
                    }
                    Ok(())
                };
                nonces.next(fill).unwrap()
            })
            .collect();
        assert_eq!((given.len(), fillings), (5 * TOGETHER, 5));
    }

    #[test]
    fn without_randomness_there_is_no_nonce_and_later_there_is() {
        let mut nonces = Nonces::new();
        assert!(nonces.next(|_| Err(Unspecified)).is_err());
        assert!(nonces.next(|_| Err(Unspecified)).is_err());
        let fill = |bytes: &mut [u8]| {
            bytes.fill(7);
            Ok(())
        };
        assert_eq!(nonces.next(fill), Ok([7; NONCE_LEN]));
    }

    #[test]
    fn two_in_a_row_are_different() {
        assert_ne!(next().unwrap(), next().unwrap());
    }
}
