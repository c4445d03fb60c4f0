//! One launch of Empego's app, from an authenticated caller to an embed URL.

pub(super) mod explanation;
pub(super) mod retry;
