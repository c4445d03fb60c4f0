//! `deliver` and `junction_deliver`: in which form a host gets embed URLs.

use domain::delivery::Delivery;

use super::{error::Mistakes, section::Section};

/// Reads one of the two.
pub(super) fn delivery(name: &str, host: &mut Section, mistakes: &mut Mistakes) -> Delivery {
    let found = host.text(name, mistakes);
    let read = found.and_then(|found| {
        found.parse(mistakes, |text| {
            Delivery::parse(&text).ok_or_else(|| format!("must be one of {}", Delivery::VALUES))
        })
    });
    read.unwrap_or_default()
}
