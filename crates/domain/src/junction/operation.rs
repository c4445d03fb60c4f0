//! What of Junction's can be asked for.

use crate::operation::Operation;

/// A launch of Junction's app.
pub const LAUNCH: Operation = Operation::named("junction/launch");

/// An address for Junction's Fast Launch.
pub const FAST_LAUNCH: Operation = Operation::named("junction/fast-launch");

/// A browser that Junction sent to have its session continued.
pub const SESSION_CONTINUATION: Operation = Operation::named("junction/session-continuation");
