//! The settings that name secrets which events are signed with.

use domain::signing_secret::SigningSecret;

use super::{error::Mistakes, secret::optional_secret_of, section::Section, source::Source};

/// The secret in force, and a second one while the two are exchanged: `secret_file` and `second_secret_file`, or the same from
/// variables.
pub(super) fn signing_secrets(section: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Vec<SigningSecret> {
    let mut secret = |name| optional_secret_of(section, name, SigningSecret::parse, source, mistakes);
    let secrets = [secret("secret"), secret("second_secret")];
    secrets.into_iter().flatten().collect()
}
