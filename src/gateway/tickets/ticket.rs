//! A ticket as text: the last segment of its address.

use std::fmt;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use uuid::Uuid;

/// How many random bytes the id of a ticket has that a process holds.
pub(super) const ID_BYTES: usize = 32;

/// The most bytes of text that can be a ticket: an embed URL has at most 4 KiB, and becomes a third longer.
const MOST_BYTES: usize = 8 * 1024;

/// What kind of ticket it is, as its length shows.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Ticket {
    /// One that means something only to the process that holds its content.
    Held([u8; ID_BYTES]),
    /// One that carries its content.
    Sealed {
        /// What tells it from others.
        id: Uuid,
        /// The content, in standard base64 without padding.
        sealed: String,
    },
}

impl Ticket {
    /// Reads a ticket. Only the text that [`fmt::Display`] writes is one: a second spelling would be a second ticket.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MOST_BYTES {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        if let Ok(id) = <[u8; ID_BYTES]>::try_from(bytes.as_slice()) {
            return Some(Self::Held(id));
        }
        let (id, sealed) = bytes.split_first_chunk::<16>()?;
        // Longer than any id: a seal alone has more bytes than that.
        (bytes.len() > ID_BYTES).then(|| Self::Sealed {
            id: Uuid::from_bytes(*id),
            sealed: STANDARD_NO_PAD.encode(sealed),
        })
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held(id) => formatter.write_str(&URL_SAFE_NO_PAD.encode(id)),
            Self::Sealed { id, sealed } => {
                let sealed = STANDARD_NO_PAD.decode(sealed).map_err(|_never| fmt::Error)?;
                let bytes = [id.as_bytes().as_slice(), &sealed].concat();
                formatter.write_str(&URL_SAFE_NO_PAD.encode(bytes))
            }
        }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Ticket(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_ticket_reads_as_what_was_written(id: [u8; ID_BYTES], uuid: [u8; 16], sealed in prop::collection::vec(any::<u8>(), 17..200)) {
            let held = Ticket::Held(id);
            prop_assert_eq!(held.to_string().len(), 43);
            prop_assert_eq!(Ticket::parse(&held.to_string()), Some(held));
            let sealed = Ticket::Sealed { id: Uuid::from_bytes(uuid), sealed: STANDARD_NO_PAD.encode(sealed) };
            prop_assert_eq!(Ticket::parse(&sealed.to_string()), Some(sealed));
        }

        #[test]
        fn whatever_is_read_as_a_ticket_is_written_the_same(text in "[A-Za-z0-9_=+/%.-]{0,80}|\\PC{0,60}") {
            if let Some(ticket) = Ticket::parse(&text) {
                prop_assert_eq!(ticket.to_string(), text);
            }
        }
    }
}
