//! A chain under construction: where it is, and what its next line is. One for each start of a process.

use aws_lc_rs::error::Unspecified;
use domain::audit::{Event, Genesis, Head};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    checkpoint::{Signer, SigningKey},
    line::{Hash, Linked, NOTHING},
};

/// Where a chain is.
#[derive(Debug)]
pub(super) struct Chain {
    id: Uuid,
    origin: String,
    /// The number of the next line.
    next: u64,
    prev: Hash,
    signer: Signer,
    /// The one that signs once the checkpoint that names it is kept.
    successor: Option<Signer>,
    /// The number that the last checkpoint has, if there was one.
    signed: Option<u64>,
}

/// What a chain is begun with.
#[derive(Debug)]
pub(super) struct Beginning {
    pub(super) program: &'static str,
    pub(super) instance: String,
    pub(super) keys: Vec<String>,
    pub(super) configuration: String,
    pub(super) previous: Vec<Head>,
}

impl Chain {
    /// Begins a chain, with its first line.
    pub(super) fn begin(
        id: Uuid,
        beginning: Beginning,
        sign_with: Option<&SigningKey>,
        now: Timestamp,
    ) -> Result<(Self, Linked), Unspecified> {
        let signer = Signer::new(now)?;
        let signing_key = signer.public();
        let mut chain = Self {
            id,
            origin: format!("empego-gateway {}", beginning.instance),
            next: 0,
            prev: NOTHING,
            signer,
            successor: None,
            signed: None,
        };
        let genesis = Event::Genesis(Genesis {
            at: now,
            chain: id,
            program: beginning.program.into(),
            instance: beginning.instance,
            keys: beginning.keys,
            configuration: beginning.configuration,
            signature: sign_with.map(|key| key.vouch(id, &signing_key)),
            signing_key,
            previous: beginning.previous,
        });
        let first = chain.link(genesis);
        Ok((chain, first))
    }

    /// The last line's place; none before the first.
    #[must_use]
    pub(super) fn head(&self) -> Option<Head> {
        Some(Head {
            chain: self.id,
            seq: self.next.checked_sub(1)?,
            hash: hex::encode(self.prev),
        })
    }

    /// The next line.
    pub(super) fn link(&mut self, event: Event) -> Linked {
        let linked = Linked::new(self.next, &self.prev, event);
        self.next += 1;
        self.prev = linked.hash;
        linked
    }

    /// A line that signs all before it; none if the last line is one already.
    pub(super) fn sign(&mut self, now: Timestamp) -> Option<Linked> {
        let head = self.head()?;
        if self.signed == Some(head.seq) {
            return None;
        }
        let (checkpoint, successor) = self.signer.checkpoint(&self.origin, head, self.next, now);
        self.successor = successor.or(self.successor.take());
        let linked = self.link(Event::Checkpoint(checkpoint));
        self.signed = Some(linked.seq);
        Some(linked)
    }

    /// Where the chain goes back to if what was linked since is not kept.
    pub(super) const fn mark(&self) -> Mark {
        Mark {
            next: self.next,
            prev: self.prev,
            signed: self.signed,
        }
    }

    /// What was linked is kept.
    pub(super) fn kept(&mut self) {
        if let Some(successor) = self.successor.take() {
            self.signer = successor;
        }
    }

    /// Goes back: what was linked since is not kept.
    pub(super) fn back_to(&mut self, mark: &Mark) {
        self.next = mark.next;
        self.prev = mark.prev;
        self.signed = mark.signed;
        self.successor = None;
    }
}

/// A place in a chain that one can go back to.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    next: u64,
    prev: Hash,
    signed: Option<u64>,
}
