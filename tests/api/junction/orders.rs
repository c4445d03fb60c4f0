//! Orders for at-home phlebotomy, from placing to results, over real sockets.

mod flow;
