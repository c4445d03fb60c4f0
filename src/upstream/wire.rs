//! The one HTTP client: every request goes out from here, and callers differ by their settings alone.

mod answer;
mod body;
mod egress;
mod no_answer;
mod request;
mod sender;

pub use ::http::{
    Method,
    header::{self, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue},
};
pub use answer::{Answer, ComeBack};
pub use body::Body;
pub use egress::Egress;
pub use no_answer::{Cause, NoAnswer, NoAnswerReasons, TlsFault};
pub use request::Request;
pub use sender::{Received, Response, Sender, Settings, SetupError, USER_AGENT};
