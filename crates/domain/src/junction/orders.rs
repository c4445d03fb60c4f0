//! Orders whose sample is collected at the patient's home: what may be asked, when it is allowed, and what Junction's
//! answers mean. The facts are Junction's: its pages on lab testing, and its API.

pub mod seen;
pub mod status;
pub mod visit_state;
