//! How any upstream is called and heard: what Empego's client and Junction's have in common stands here once.

mod answer;
mod no_answer;
mod sender;

pub use answer::Answer;
pub use no_answer::{Cause, NoAnswer, NoAnswerReasons};
pub use sender::{Received, Sender, Settings};
