//! The program's audit trail under load: killed again and again, and on disks that fill up, turn read-only or stop to answer. The
//! disks are real file systems of the kernel's, so these tests need root, or `sudo` without a password.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "tests fail by panicking, and look for the one kind of record that they are about"
)]

mod commands;
mod crashes;
mod disk;
mod disks;
mod gateway;
