//! What verifying comes to.

use std::fmt;

use domain::audit::{Event, Head};
use jiff::Timestamp;
use uuid::Uuid;

use crate::trail::line::{Hash, hash_of_hex};

/// How many breaks are listed one by one.
const MOST_BREAKS: usize = 100;

/// What a trail is found to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many lines were read.
    pub lines: u64,
    /// The chains, in order.
    pub chains: Vec<ChainReport>,
    /// What is wrong, in order; the first hundred.
    pub breaks: Vec<Break>,
    /// How many more there are.
    pub more_breaks: u64,
    /// Half a line at the end.
    pub torn: Option<Place>,
    pub(super) latest: Option<Timestamp>,
}

/// What one chain is found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// Its id.
    pub chain: Uuid,
    /// Who wrote it; empty if its first segment is gone.
    pub instance: String,
    /// How many records it has.
    pub records: u64,
    /// Its first record's time.
    pub from: Option<Timestamp>,
    /// Its last record's time.
    pub to: Option<Timestamp>,
    /// Its last record.
    pub last: Option<Head>,
    /// The last record that a good signature covers.
    pub signed_to: Option<u64>,
    /// Whether its process stopped in good order.
    pub has_stopped: bool,
    /// Lines of groups that failed, which later ones replace.
    pub disowned: u64,
    /// How often the clock was set back.
    pub clock_set_back: u64,
    /// The key that signs at its end.
    pub key: Option<String>,
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// Where.
    pub place: Place,
    /// The record's number, as it states it.
    pub seq: Option<u64>,
    /// What.
    pub kind: BreakKind,
}

/// A line of a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The segment, or the chain in a database.
    pub segment: String,
    /// From 1; 0 for the segment as a whole.
    pub line: u64,
}

/// The kinds of break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BreakKind {
    /// The line is not written as this program writes lines.
    Format,
    /// The line does not have the hash that it states.
    Hash,
    /// It does not follow the line before it, which asks for this number.
    Link(u64),
    /// What it says is no record.
    Record(String),
    /// The chain does not begin with its first record.
    BeginMissing,
    /// It begins a chain in the middle of another, or in another's segment.
    OtherChain(Uuid),
    /// The long-lived key does not vouch for the chain.
    NotVouchedFor,
    /// The chain before ended here, says its successor; it is found to end at this number.
    EndMissing(Head, u64),
    /// A chain that another one names is not there.
    ChainMissing(Head),
    /// The chain says of none before it, and there is one.
    Unnamed(Head),
    /// A checkpoint that is about another place than its own.
    Checkpoint,
    /// A checkpoint that its key has not signed.
    Signature,
    /// A record after the chain has ended.
    AfterStop,
    /// Segments that are not there.
    SegmentsMissing(u64, u64),
    /// No segment at all.
    Empty,
    /// What was expected is not there: the chain ends before it.
    CutOff(u64),
    /// What was expected has another hash.
    OtherHash,
    /// What was expected is of a chain that is not there.
    NotHere,
}

impl BreakKind {
    /// One word, for programs.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Hash => "hash",
            Self::Link(_) => "link",
            Self::Record(_) => "record",
            Self::BeginMissing => "begin_missing",
            Self::OtherChain(_) => "other_chain",
            Self::NotVouchedFor => "not_vouched_for",
            Self::EndMissing(..) => "end_missing",
            Self::ChainMissing(_) => "chain_missing",
            Self::Unnamed(_) => "unnamed",
            Self::Checkpoint => "checkpoint",
            Self::Signature => "signature",
            Self::AfterStop => "after_stop",
            Self::SegmentsMissing(..) => "segments_missing",
            Self::Empty => "empty",
            Self::CutOff(_) => "cut_off",
            Self::OtherHash => "other_hash",
            Self::NotHere => "not_here",
        }
    }
}

impl fmt::Display for BreakKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format => formatter.write_str("not a line as this program writes it"),
            Self::Hash => formatter.write_str("changed: its hash does not fit"),
            Self::Link(expected) => write!(
                formatter,
                "does not follow the line before it (record {expected} should): lines were removed, inserted or moved"
            ),
            Self::Record(why) => write!(formatter, "not a record: {why}"),
            Self::BeginMissing => {
                formatter.write_str("the chain's first records are missing, and nothing says that they were pruned")
            }
            Self::OtherChain(chain) => write!(formatter, "begins chain {chain} in another one's place"),
            Self::NotVouchedFor => {
                formatter.write_str("the chain's signing key is not vouched for by the given public key")
            }
            Self::EndMissing(stated, found) => write!(
                formatter,
                "the chain before it ended with record {}, and now ends with {found}: its end was removed",
                stated.seq
            ),
            Self::ChainMissing(stated) => write!(formatter, "names chain {} before it, which is missing", stated.chain),
            Self::Unnamed(before) => write!(formatter, "does not name chain {}, which is before it", before.chain),
            Self::Checkpoint => formatter.write_str("a checkpoint of another place"),
            Self::Signature => formatter.write_str("a checkpoint that its key has not signed"),
            Self::AfterStop => formatter.write_str("a record after the end of its chain"),
            Self::SegmentsMissing(from, to) if from == to => write!(formatter, "segment {from} before it is missing"),
            Self::SegmentsMissing(from, to) => write!(formatter, "segments {from} to {to} before it are missing"),
            Self::Empty => formatter.write_str("has no segment: every trail begins with one"),
            Self::CutOff(last) => write!(
                formatter,
                "expected, and the chain ends with record {last}: its end was removed"
            ),
            Self::OtherHash => {
                formatter.write_str("expected, and the record has another hash: the chain was written anew")
            }
            Self::NotHere => {
                formatter.write_str("expected, and no chain here has such a record: it may be of another trail")
            }
        }
    }
}

impl fmt::Display for Break {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, seq, kind } = self;
        if !place.segment.is_empty() {
            write!(formatter, "{place}: ")?;
        }
        if let Some(seq) = seq {
            write!(formatter, "record {seq}: ")?;
        }
        write!(formatter, "{kind}")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { segment, line } = self;
        if *line == 0 {
            formatter.write_str(segment)
        } else {
            write!(formatter, "{segment}, line {line}")
        }
    }
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_intact(&self) -> bool {
        self.breaks.is_empty()
    }

    /// Whether its last process stopped in good order, and nothing is half written.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.torn.is_none() && self.chains.last().is_some_and(|chain| chain.has_stopped)
    }

    /// How many records there are.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.chains.iter().map(|chain| chain.records).sum()
    }

    pub(super) fn note(&mut self, found: Break) {
        if self.breaks.len() < MOST_BREAKS {
            self.breaks.push(found);
        } else {
            self.more_breaks += 1;
        }
    }
}

impl ChainReport {
    pub(super) const fn new(chain: Uuid) -> Self {
        Self {
            chain,
            instance: String::new(),
            records: 0,
            from: None,
            to: None,
            last: None,
            signed_to: None,
            has_stopped: false,
            disowned: 0,
            clock_set_back: 0,
            key: None,
        }
    }

    pub(super) fn note(&mut self, head: &Head, event: &Event) {
        self.records += 1;
        self.from = self.from.or(Some(event.at()));
        self.to = Some(event.at());
        self.last = Some(head.clone());
    }
}

/// A record that must be there: from the ordinary log, a metric, or a forwarder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    chain: Option<Uuid>,
    pub(super) seq: u64,
    hash: Hash,
    found: Seen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    No,
    WithAnotherHash,
    Yes,
}

impl Anchor {
    /// Reads `SEQ:HASH` or `CHAIN:SEQ:HASH`.
    ///
    /// # Errors
    /// What it must be.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<_> = text.split(':').collect();
        let (chain, seq, hash) = match parts.as_slice() {
            [seq, hash] => (None, seq, hash),
            [chain, seq, hash] => (Some(chain), seq, hash),
            _ => return Err("must be SEQ:HASH or CHAIN:SEQ:HASH, as in the log's `audit checkpoint`".to_owned()),
        };
        let chain = chain.map(|chain| chain.parse().map_err(|_not_one| "the chain is not a UUID".to_owned()));
        Ok(Self {
            chain: chain.transpose()?,
            seq: seq.parse().map_err(|_not_one| "the number is not one".to_owned())?,
            hash: hash_of_hex(hash).ok_or_else(|| "the hash is not 64 lower-case hexadecimal digits".to_owned())?,
            found: Seen::No,
        })
    }

    pub(super) fn see(&mut self, chain: Uuid, seq: u64, hash: &Hash) {
        if seq == self.seq && self.chain.is_none_or(|expected| expected == chain) {
            if *hash == self.hash {
                self.found = Seen::Yes;
            } else if self.found == Seen::No {
                self.found = Seen::WithAnotherHash;
            }
        }
    }

    /// What is wrong if it is not there.
    pub(super) fn missing(&self, chains: &[ChainReport]) -> Option<BreakKind> {
        let meant = chains
            .iter()
            .rev()
            .find(|chain| self.chain.is_none_or(|id| id == chain.chain));
        let last = meant.and_then(|chain| chain.last.as_ref());
        match (self.found, last) {
            (Seen::Yes, _) => None,
            (Seen::WithAnotherHash, _) if self.chain.is_some() || chains.len() == 1 => Some(BreakKind::OtherHash),
            (Seen::No, Some(last)) if last.seq < self.seq => Some(BreakKind::CutOff(last.seq)),
            (Seen::WithAnotherHash | Seen::No, _) => Some(BreakKind::NotHere),
        }
    }
}
