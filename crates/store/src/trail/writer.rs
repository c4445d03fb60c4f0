//! What the trail's thread does, without the thread: groups are linked, kept, and those who wait get to know; what cannot be kept is
//! said to be so, and written down once it can.

use std::{collections::BTreeMap, mem::take, sync::Arc};

use domain::{
    audit::{Attempt, Correction, Event, Recovered, Stop, Strangers},
    code::Code,
    outcome::Outcome,
};
use jiff::{SignedDuration, Timestamp};

use super::{
    chain::{Chain, Mark},
    line::Linked,
    sink::{Cause, Failure, Found, Sink},
    standing::Standing,
    waiter::{Left, NotWritten, Waiter},
};

/// How many attempts that could not be written are held in memory until they can be: each is a refusal by then.
const MOST_HELD: usize = 4096;

/// How often the head goes to the ordinary log, from where it may be shipped elsewhere.
const ANCHOR: SignedDuration = SignedDuration::from_mins(1);

/// An attempt on its way to its record.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) attempt: Box<Attempt>,
    /// None if its response does not wait.
    pub(super) waiter: Option<Waiter>,
}

/// Writes a chain into a sink.
#[derive(Debug)]
pub(super) struct Writer<S> {
    sink: S,
    chain: Chain,
    standing: Arc<Standing>,
    /// Why nothing can be kept at the moment.
    broken: Option<Cause>,
    /// What could not be kept, to be written when it can.
    held: Vec<Event>,
    anchored: Timestamp,
}

impl<S: Sink> Writer<S> {
    /// Begins: the first line, and what was found in its place.
    pub(super) fn begin(
        sink: S,
        chain: Chain,
        first: Linked,
        found: Found,
        standing: Arc<Standing>,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let mut writer = Self {
            sink,
            chain,
            standing,
            broken: None,
            held: Vec::new(),
            anchored: now,
        };
        writer.sink.stops_with(writer.standing.stopping().clone());
        writer.sink.reopen(None)?;
        let mut lines = vec![first];
        if let Some(torn) = found.torn {
            let recovered = Event::Recovered(Recovered {
                at: now,
                cause: "crash".into(),
                last: None,
                torn: Some(torn),
                unrecorded: 0,
            });
            lines.push(writer.chain.link(recovered));
        }
        writer.sink.append(&lines)?;
        writer.kept(&lines);
        writer.standing.writable(true);
        Ok(writer)
    }

    /// Writes a group of attempts, and tells those who wait.
    pub(super) fn commit(&mut self, entries: Vec<Entry>, now: Timestamp) {
        if self.broken.is_some() {
            for entry in entries {
                self.refuse(entry);
            }
            return;
        }
        if self.sink.is_full(now) {
            self.turn_over(now);
        }
        let mark = self.chain.mark();
        let (mut lines, mut waiters) = (Vec::with_capacity(entries.len()), Vec::with_capacity(entries.len()));
        for Entry { mut attempt, waiter } in entries {
            if let Some(left) = waiter.as_ref().and_then(Waiter::left) {
                amend(&mut attempt, left);
                waiters.push(None);
            } else {
                waiters.push(waiter);
            }
            lines.push(self.chain.link(Event::Attempt(attempt)));
        }
        match self.append(&lines) {
            Ok(()) => self.tell(lines, waiters, now),
            Err(failure) => {
                self.fail(&mark, lines, &failure);
                for waiter in waiters.into_iter().flatten() {
                    waiter.failed(NotWritten::Failed);
                }
                self.mend(now);
            }
        }
    }

    /// What is due each second: strangers, corrections, a checkpoint, and a look at the place.
    pub(super) fn tick(&mut self, now: Timestamp) {
        if self.broken.is_some() {
            self.mend(now);
            return;
        }
        if let Err(failure) = self.sink.check() {
            let mark = self.chain.mark();
            self.fail(&mark, Vec::new(), &failure);
            return;
        }
        let mark = self.chain.mark();
        let mut lines = self.due(now);
        lines.extend(self.chain.sign(now));
        if !lines.is_empty() {
            match self.append(&lines) {
                Ok(()) => {}
                Err(failure) => {
                    self.fail(&mark, lines, &failure);
                    self.mend(now);
                    return;
                }
            }
            if self.sink.is_full(now) {
                self.turn_over(now);
            }
        }
        if now.duration_since(self.anchored) >= ANCHOR {
            self.anchored = now;
            self.anchor();
        }
    }

    /// Writes what is no attempt, with what is due.
    pub(super) fn note(&mut self, event: Event, now: Timestamp) -> Result<(), NotWritten> {
        self.held.push(event);
        self.tick(now);
        if self.broken.is_none() {
            Ok(())
        } else {
            Err(NotWritten::Failed)
        }
    }

    /// Ends the chain in good order.
    ///
    /// # Errors
    /// If its end could not be written.
    pub(super) fn stop(&mut self, now: Timestamp) -> Result<(), NotWritten> {
        if self.broken.is_some() {
            self.mend(now);
        }
        if self.broken.is_some() {
            return Err(NotWritten::Failed);
        }
        let mark = self.chain.mark();
        let mut lines = self.due(now);
        lines.push(self.chain.link(Event::Stop(Stop { at: now })));
        lines.extend(self.chain.sign(now));
        self.standing.writable(false);
        match self.append(&lines) {
            Ok(()) => {
                self.anchor();
                Ok(())
            }
            Err(failure) => {
                self.fail(&mark, lines, &failure);
                Err(NotWritten::Failed)
            }
        }
    }

    /// What has come together besides attempts.
    fn due(&mut self, now: Timestamp) -> Vec<Linked> {
        let mut events = take(&mut self.held);
        let codes: BTreeMap<_, _> = self.standing.take_strangers();
        if !codes.is_empty() {
            events.push(Event::Strangers(Strangers {
                at: now,
                count: codes.values().sum(),
                codes,
            }));
        }
        let unrecorded = self.standing.take_unrecorded();
        if unrecorded > 0 {
            events.push(Event::Recovered(Recovered {
                at: now,
                cause: NotWritten::QueueFull.as_str().into(),
                last: self.chain.head(),
                torn: None,
                unrecorded,
            }));
        }
        events.into_iter().map(|event| self.chain.link(event)).collect()
    }

    fn append(&mut self, lines: &[Linked]) -> Result<(), Failure> {
        self.standing.busy();
        let outcome = self.sink.append(lines);
        if outcome.is_ok() {
            self.kept(lines);
        }
        self.standing.idle();
        outcome
    }

    fn kept(&mut self, lines: &[Linked]) {
        self.chain.kept();
        self.standing.kept(lines);
    }

    fn tell(&mut self, lines: Vec<Linked>, waiters: Vec<Option<Waiter>>, now: Timestamp) {
        for (line, waiter) in lines.into_iter().zip(waiters) {
            if let (Event::Attempt(attempt), Some(waiter)) = (line.event, waiter)
                && let Err((left, Some(attempt))) = waiter.written(Some(attempt))
            {
                self.held.push(Event::Correction(Correction {
                    at: now,
                    id: attempt.id,
                    attempt: attempt.attempt,
                    code: code_of(left).into(),
                }));
            }
        }
    }

    /// Goes on in another segment, with the last one signed to its end.
    fn turn_over(&mut self, now: Timestamp) {
        let mark = self.chain.mark();
        let lines: Vec<_> = self.chain.sign(now).into_iter().collect();
        if !lines.is_empty()
            && let Err(failure) = self.append(&lines)
        {
            self.fail(&mark, lines, &failure);
            self.mend(now);
            return;
        }
        self.standing.busy();
        let turned = self.sink.turn_over(now);
        self.standing.idle();
        if let Err(failure) = turned {
            let mark = self.chain.mark();
            self.fail(&mark, Vec::new(), &failure);
            self.mend(now);
        }
    }

    /// Nothing can be kept: the chain goes back to what is known to be kept, and the rest is held.
    fn fail(&mut self, mark: &Mark, lines: Vec<Linked>, failure: &Failure) {
        self.chain.back_to(mark);
        self.standing.failed(failure);
        if self.broken.is_none() {
            tracing::error!(
                cause = failure.cause.as_str(),
                detail = %failure,
                "the audit trail cannot be written: no launch is carried out until it can"
            );
        }
        self.broken = Some(failure.cause);
        for line in lines {
            self.hold(line.event);
        }
    }

    /// Tries to go on, with a record of why it had ended.
    fn mend(&mut self, now: Timestamp) {
        let Some(cause) = self.broken else { return };
        let mark = self.chain.mark();
        let last = self.chain.head();
        self.standing.busy();
        let reopened = self.sink.reopen(last.as_ref());
        self.standing.idle();
        if let Err(failure) = reopened {
            self.fail(&mark, Vec::new(), &failure);
            // What it ended with is what the record is to say.
            self.broken = Some(cause);
            return;
        }
        let recovered = self.chain.link(Event::Recovered(Recovered {
            at: now,
            cause: cause.as_str().into(),
            last,
            torn: None,
            unrecorded: self.standing.take_unrecorded(),
        }));
        let mut lines = vec![recovered];
        lines.extend(self.due(now));
        lines.extend(self.chain.sign(now));
        match self.append(&lines) {
            Ok(()) => {
                self.broken = None;
                self.standing.writable(true);
                tracing::info!(cause = cause.as_str(), "the audit trail is written again");
            }
            Err(failure) => {
                self.fail(&mark, lines, &failure);
                self.broken = Some(cause);
            }
        }
    }

    /// An attempt that came while nothing can be kept.
    fn refuse(&mut self, entry: Entry) {
        self.hold(Event::Attempt(entry.attempt));
        if let Some(waiter) = entry.waiter {
            waiter.failed(NotWritten::Failed);
        }
    }

    fn hold(&mut self, event: Event) {
        let event = match event {
            Event::Attempt(mut attempt) => {
                amend(&mut attempt, Left::Late);
                Event::Attempt(attempt)
            }
            Event::Recovered(Recovered { unrecorded, .. }) => {
                self.standing.unrecorded(unrecorded);
                return;
            }
            // They are made anew.
            Event::Checkpoint(_) | Event::Stop(_) | Event::Genesis(_) => return,
            other @ (Event::Strangers(_) | Event::Correction(_) | Event::Read(_) | Event::Pruned(_)) => other,
        };
        if self.held.len() < MOST_HELD {
            self.held.push(event);
        } else {
            self.standing.unrecorded(1);
        }
    }

    /// Says in the ordinary log where the chain is. A log that is shipped elsewhere is something to hold the trail against.
    fn anchor(&self) {
        if let Some(head) = self.chain.head() {
            tracing::info!(chain = %head.chain, seq = head.seq, hash = head.hash, "audit checkpoint");
        }
    }
}

fn code_of(left: Left) -> &'static str {
    match left {
        Left::Late => Code::AuditUnavailable.as_str(),
        Left::Gone => Outcome::ClientGone.as_str(),
    }
}

/// The response to this attempt was another one than its record was made for.
fn amend(attempt: &mut Attempt, left: Left) {
    match left {
        Left::Late => attempt.becomes_unavailable(),
        Left::Gone => attempt.becomes_unanswered(),
    }
}
