//! Whether a trail is as it was written: every line's hash, every link, every signature, and what each chain says of those before.

mod finding;
mod folder;

pub use finding::{Anchor, Break, BreakKind, ChainReport, Place, Report};
pub(super) use folder::pruned_before;
pub use folder::{VerifyError, verify};

use std::{collections::VecDeque, rc::Rc};

use domain::{
    audit::{Checkpoint, Event, Genesis, Head, Pruned, Recovered},
    code::Code,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    checkpoint::{VerifyingKey, is_signed},
    line::{Hash, Line, NOTHING, hash_of_hex},
};

/// How many lines a failed group may have left behind, and more.
const MEMORY: usize = 8192;

/// How much older than the record before it a record may be without telling of the clock.
const MOST_OUT_OF_ORDER: SignedDuration = SignedDuration::from_secs(35);

/// Reads lines in order, and notes what is wrong.
#[derive(Debug)]
pub struct Verifier {
    vouching: Option<VerifyingKey>,
    /// What is known to have been removed after its time.
    pruned: Vec<Pruned>,
    anchor: Option<Anchor>,
    /// Whether chains are written beside each other, so that what one says of others is compared at the end.
    is_of_several: bool,
    claims: Vec<Claim>,
    chain: Option<Walked>,
    segment: Rc<str>,
    line: u64,
    /// Whether the line that comes is the first of its segment.
    is_first: bool,
    report: Report,
}

/// What a chain says of another, and where it says so.
pub(super) type Claim = (Place, u64, Head);

/// A chain that is being read.
#[derive(Debug)]
struct Walked {
    id: Uuid,
    at: Step,
    /// The last steps, to go back to.
    steps: VecDeque<Step>,
    has_stopped: bool,
    report: ChainReport,
}

/// Where a chain is after a line.
#[derive(Debug, Clone)]
struct Step {
    /// The number of the line that comes next.
    next: u64,
    hash: Hash,
    /// What signs here; none if that was in a segment that is gone.
    key: Option<Rc<str>>,
}

impl Verifier {
    /// Begins, with what `pruned` records say of segments that are gone.
    #[must_use]
    pub fn new(vouching: Option<VerifyingKey>, anchor: Option<Anchor>, pruned: Vec<Pruned>) -> Self {
        Self {
            vouching,
            pruned,
            anchor,
            is_of_several: false,
            claims: Vec::new(),
            chain: None,
            segment: "".into(),
            line: 0,
            is_first: false,
            report: Report::default(),
        }
    }

    /// The same for chains of several processes at once, each in a segment.
    pub(super) fn of_several(vouching: Option<VerifyingKey>, anchor: Option<Anchor>, pruned: Vec<Pruned>) -> Self {
        Self {
            is_of_several: true,
            ..Self::new(vouching, anchor, pruned)
        }
    }

    /// The lines that come are in this segment.
    pub fn segment(&mut self, name: &str, chain: Uuid) {
        self.segment = name.into();
        self.line = 0;
        self.is_first = true;
        if self.chain.as_ref().is_none_or(|walked| walked.id != chain) {
            self.end_chain();
            self.chain = Some(Walked::new(chain));
        }
    }

    /// A line, its end included.
    pub fn line(&mut self, bytes: &[u8]) {
        self.line += 1;
        self.report.lines += 1;
        let is_first = std::mem::replace(&mut self.is_first, false);
        let Some(line) = Line::read(bytes) else {
            self.note(None, BreakKind::Format);
            return;
        };
        if !line.is_unchanged() {
            self.note(Some(line.seq), BreakKind::Hash);
        }
        let event = match Event::from_json(line.event) {
            Ok(event) => event,
            Err(why) => {
                self.note(Some(line.seq), BreakKind::Record(why));
                self.step(&line);
                return;
            }
        };
        self.place(&line, &event, is_first);
        self.examine(&line, &event);
        self.step(&line);
        if let Some(walked) = &mut self.chain {
            walked.report.note(&line.head(walked.id), &event);
            if self.report.latest.is_some_and(|latest| is_set_back(latest, &event)) {
                walked.report.clock_set_back += 1;
            }
        }
        self.report.latest = self.report.latest.max(Some(event.at()));
        if let (Some(anchor), Some(walked)) = (&mut self.anchor, &self.chain) {
            anchor.see(walked.id, line.seq, &line.hash);
        }
    }

    /// What has no end: half a line of a crash, or of what is being written now.
    pub fn torn(&mut self, bytes: &[u8], goes_on: bool) {
        self.line += 1;
        let mut ended = bytes.to_vec();
        ended.pop();
        ended.push(b'\n');
        if Line::read(&ended).is_some() {
            // All of a line but its end, which a crash does not change into something else.
            self.note(None, BreakKind::Format);
        } else if !goes_on {
            self.report.torn = Some(self.here());
        }
    }

    /// The last line, and what signs after it.
    pub(super) fn standing(&self) -> Option<(Head, Option<String>)> {
        let walked = self.chain.as_ref()?;
        let head = walked.report.last.clone()?;
        Some((head, walked.at.key.as_deref().map(str::to_owned)))
    }

    /// The report, and what remains to be compared.
    pub(super) fn finish_with_claims(mut self) -> (Report, Vec<Claim>) {
        let claims = std::mem::take(&mut self.claims);
        (self.finish(), claims)
    }

    /// The report.
    #[must_use]
    pub fn finish(mut self) -> Report {
        self.end_chain();
        if let Some(anchor) = self.anchor.take()
            && let Some(kind) = anchor.missing(&self.report.chains)
        {
            self.report.breaks.push(Break {
                place: Place::default(),
                seq: Some(anchor.seq),
                kind,
            });
        }
        self.report
    }

    /// Another thing that is wrong, seen from outside the lines.
    pub(super) fn missing_segments(&mut self, from: u64, to: u64) {
        self.line = 0;
        self.note(None, BreakKind::SegmentsMissing(from, to));
    }

    /// Whether the line comes where it says.
    fn place(&mut self, line: &Line<'_>, event: &Event, is_first: bool) {
        let Some(walked) = &mut self.chain else { return };
        if is_first && let Event::Recovered(Recovered { last: Some(last), .. }) = event {
            walked.back_to(last);
        }
        let is_begin = walked.report.records == 0;
        if is_begin && line.seq > 0 {
            let before = self.pruned.iter().find(|pruned| {
                let Head { chain, seq, hash } = &pruned.last;
                (*chain, seq + 1) == (walked.id, line.seq) && hash_of_hex(hash) == Some(line.prev)
            });
            match before {
                Some(pruned) => walked.at.key = pruned.signing_key.as_deref().map(Rc::from),
                None => self.note(Some(line.seq), BreakKind::BeginMissing),
            }
        } else if (line.seq, line.prev) != (walked.at.next, walked.at.hash) {
            let expected = walked.at.next;
            self.note(Some(line.seq), BreakKind::Link(expected));
        }
    }

    fn examine(&mut self, line: &Line<'_>, event: &Event) {
        match event {
            Event::Genesis(genesis) => self.examine_genesis(line, genesis),
            Event::Checkpoint(checkpoint) => self.examine_checkpoint(line, checkpoint),
            Event::Stop(_) => {
                if let Some(walked) = &mut self.chain {
                    walked.has_stopped = true;
                }
                return;
            }
            Event::Attempt(_)
            | Event::Strangers(_)
            | Event::Correction(_)
            | Event::Recovered(_)
            | Event::Read(_)
            | Event::Pruned(_) => {}
        }
        if self.chain.as_ref().is_some_and(|walked| walked.has_stopped) && !matches!(event, Event::Checkpoint(_)) {
            self.note(Some(line.seq), BreakKind::AfterStop);
        }
    }

    fn examine_genesis(&mut self, line: &Line<'_>, genesis: &Genesis) {
        let Some(walked) = &mut self.chain else { return };
        walked.at.key = Some(genesis.signing_key.as_str().into());
        walked.report.instance.clone_from(&genesis.instance);
        if genesis.chain != walked.id || line.seq != 0 {
            self.note(Some(line.seq), BreakKind::OtherChain(genesis.chain));
        }
        if self.vouching.as_ref().is_some_and(|key| !key.vouches_for(genesis)) {
            self.note(Some(line.seq), BreakKind::NotVouchedFor);
        }
        self.examine_previous(line, &genesis.previous);
    }

    /// What a chain says of the one before, whose end cannot be told from its own lines.
    fn examine_previous(&mut self, line: &Line<'_>, previous: &[Head]) {
        if self.is_of_several {
            let place = self.here();
            let claims = previous.iter().map(|head| (place.clone(), line.seq, head.clone()));
            self.claims.extend(claims);
            return;
        }
        let before = self.report.chains.last().map(|chain| chain.last.clone());
        let stated = previous.first().cloned();
        let is_pruned = |head: &Head| self.pruned.iter().any(|pruned| pruned.last == *head);
        let kind = match (before.flatten(), stated) {
            (Some(before), Some(stated)) if before == stated => return,
            (None, None) => return,
            (None, Some(stated)) if is_pruned(&stated) => return,
            (Some(before), Some(stated)) if before.chain == stated.chain => BreakKind::EndMissing(stated, before.seq),
            (_, Some(stated)) => BreakKind::ChainMissing(stated),
            (Some(before), None) => BreakKind::Unnamed(before),
        };
        self.note(Some(line.seq), kind);
    }

    fn examine_checkpoint(&mut self, line: &Line<'_>, checkpoint: &Checkpoint) {
        let Some(walked) = &mut self.chain else { return };
        let Head { chain, seq, hash } = &checkpoint.head;
        let is_here = *chain == walked.id
            && seq + 1 == line.seq
            && hash_of_hex(hash) == Some(line.prev)
            && checkpoint.count == line.seq;
        let is_signed = walked.at.key.as_ref().is_none_or(|key| is_signed(checkpoint, key));
        if let Some(next) = &checkpoint.next_key {
            walked.at.key = Some(next.as_str().into());
        }
        if walked.at.key.is_some() {
            walked.report.signed_to = Some(*seq);
        }
        if !is_here {
            self.note(Some(line.seq), BreakKind::Checkpoint);
        }
        if !is_signed {
            self.note(Some(line.seq), BreakKind::Signature);
        }
    }

    fn step(&mut self, line: &Line<'_>) {
        if let Some(walked) = &mut self.chain {
            walked.at.next = line.seq + 1;
            walked.at.hash = line.hash;
            walked.steps.push_back(walked.at.clone());
            if walked.steps.len() > MEMORY {
                walked.steps.pop_front();
            }
        }
    }

    fn end_chain(&mut self) {
        if let Some(walked) = self.chain.take() {
            let mut report = walked.report;
            report.has_stopped = walked.has_stopped;
            report.key = walked.at.key.as_deref().map(str::to_owned);
            self.report.chains.push(report);
        }
    }

    fn here(&self) -> Place {
        Place {
            segment: self.segment.to_string(),
            line: self.line,
        }
    }

    fn note(&mut self, seq: Option<u64>, kind: BreakKind) {
        let place = self.here();
        self.report.note(Break { place, seq, kind });
    }
}

/// Whether the clock was set back before this. A record may have waited for others of its group; and one of an attempt that could
/// not be recorded may have waited for as long as nothing could be.
fn is_set_back(latest: Timestamp, event: &Event) -> bool {
    let has_waited = match event {
        Event::Attempt(attempt) => attempt.code == Code::AuditUnavailable.as_str(),
        Event::Strangers(_) | Event::Correction(_) | Event::Read(_) | Event::Pruned(_) => true,
        Event::Genesis(_) | Event::Checkpoint(_) | Event::Recovered(_) | Event::Stop(_) => false,
    };
    !has_waited && latest.duration_since(event.at()) > MOST_OUT_OF_ORDER
}

impl Walked {
    fn new(id: Uuid) -> Self {
        Self {
            id,
            at: Step {
                next: 0,
                hash: NOTHING,
                key: None,
            },
            steps: VecDeque::new(),
            has_stopped: false,
            report: ChainReport::new(id),
        }
    }

    /// Forgets lines that were written and never durable, if there are such.
    fn back_to(&mut self, last: &Head) {
        let hash = hash_of_hex(&last.hash);
        let found = self
            .steps
            .iter()
            .rposition(|step| step.next == last.seq + 1 && Some(step.hash) == hash);
        if let Some(found) = found {
            let disowned = self.steps.len() - found - 1;
            self.steps.truncate(found + 1);
            if let Some(step) = self.steps.back() {
                self.at = step.clone();
            }
            self.report.disowned += disowned as u64;
        }
    }
}
