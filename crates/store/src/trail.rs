//! The audit trail: lines that each hold a record and the hash of the line before it, written by one thread, durable before an
//! answer leaves. One changed byte breaks the chain; a chain that is written anew cannot be signed.

mod chain;
mod checkpoint;
pub mod file;
mod follow;
mod gathering;
mod line;
mod open;
pub mod postgres;
pub mod prune;
mod queue;
mod read;
mod sink;
mod standing;
mod thread;
mod under_way;
pub mod verify;
mod waiter;
mod writer;

pub use checkpoint::{SigningKey, VerifyingKey, VerifyingKeyFault};
pub use follow::{Cursor, FollowError, Followed, Follower};
pub use line::{Line, Linked};
pub use open::{NotBegun, Opening, begin, write_whole};
pub use read::{ReadError, Reader};
pub use sink::{Cause, Failure, Found, Sink, Stopping};
pub use standing::{Figures, Standing};
pub use thread::{Trail, Writing};
pub use under_way::UnderWay;
pub use waiter::{NotWritten, Receipt};
