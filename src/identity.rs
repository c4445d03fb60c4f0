//! Who is calling: credentials and the keys they are held against.

mod credential;
mod host_keys;
mod key;

pub use credential::Credential;
pub use host_keys::HostKeys;
pub use key::HostKey;
