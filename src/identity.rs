//! Who is calling: credentials, and the keys they are held against.

mod credential;
mod host_keys;
mod key;
mod key_set;
mod key_source;
mod token;

pub use credential::Credential;
pub use host_keys::HostKeys;
pub use key::HostKey;
pub use key_source::{Fetcher, KeySource};
pub use token::{TokenIssuer, Tokens};
