//! Empego's app behind the gateway, against the stand-in, over real sockets.

mod bad_input;
mod explain;
mod intents;
mod known_users;
mod launches;
mod upstream;
