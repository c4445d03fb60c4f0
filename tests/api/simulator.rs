//! The stand-ins behave as documented.

mod empego;
mod junction;
