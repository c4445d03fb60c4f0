//! `[tenant.rate]` and `[host.rate]`.

use std::num::NonZeroU32;

use super::{error::Mistakes, section::Section};

/// A rate: both settings together, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateConfig {
    /// How many a second, in the long run. 1 to 100000.
    pub per_second: NonZeroU32,
    /// How many at once, after a pause. 1 to 100000.
    pub burst: NonZeroU32,
}

/// The rate of these two settings; none if neither is there.
pub(super) fn rate(
    section: &mut Section,
    per_second: &str,
    burst: &str,
    mistakes: &mut Mistakes,
) -> Option<RateConfig> {
    if section.has(per_second) != section.has(burst) {
        let (place, key) = (section.place().clone(), section.key(per_second));
        mistakes.add(&place, key, format!("and {burst} must be set together"));
    }
    let mut number = |name: &str| {
        let stated = section.has(name);
        let number = section.integer(name, 1, 1..=100_000, mistakes);
        stated.then_some(number).and_then(NonZeroU32::new)
    };
    Some(RateConfig {
        per_second: number(per_second)?,
        burst: number(burst)?,
    })
}
