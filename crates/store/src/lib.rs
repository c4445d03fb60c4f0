//! What lasts: the audit trail, and what must be known again after a restart.
//!
//! Nothing in it is in clear that names a person: what is stored are pseudonyms under the keys of a [`keyring`], and what is
//! sealed with them.

pub mod keyring;
pub mod known;
pub mod orders;
pub mod postgres;
pub mod sqlite;
pub mod trail;
