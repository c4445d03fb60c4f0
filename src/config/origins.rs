//! Origins of pages, as browsers write them.

use domain::issuer::browser_origin;

use super::{error::Mistakes, section::Section};

/// The origins that a setting lists; none if it is not there.
pub(super) fn origins(section: &mut Section, key: &str, mistakes: &mut Mistakes) -> Vec<String> {
    let listed = section.texts(key, mistakes).into_iter().flatten();
    listed
        .filter_map(|found| found.parse(mistakes, |text| browser_origin(&text).map_err(str::to_owned)))
        .collect()
}
