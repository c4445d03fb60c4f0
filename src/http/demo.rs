//! The demo's pages.

#[cfg(feature = "console")]
pub(super) mod console;
#[cfg(not(feature = "console"))]
#[path = "demo/no_console.rs"]
pub(super) mod console;
#[cfg(feature = "console")]
pub(super) mod docs;
pub(super) mod pages;
