//! The demo's pages.

#[cfg(feature = "console")]
mod asked;
#[cfg(feature = "console")]
mod audit;
#[cfg(feature = "console")]
mod clock;
#[cfg(feature = "console")]
mod console;
#[cfg(feature = "console")]
mod docs;
pub(super) mod pages;
#[cfg(not(feature = "console"))]
#[path = "demo/no_place.rs"]
pub(super) mod place;
#[cfg(feature = "console")]
pub(super) mod place;
