//! The audit trail against everything that is done to it: by people who want a record gone, and by disks.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "tests fail by panicking, and look for the one kind of record that they are about"
)]

mod faults;
mod helpers;
mod pruning;
mod restarts;
mod tampering;
