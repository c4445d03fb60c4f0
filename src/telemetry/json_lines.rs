//! One JSON object per line. The library's own format builds a map for every span and goes through a serialiser for every
//! field; one line per launch is the most frequent thing that this process writes.

use std::{
    cell::RefCell,
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use jiff::Timestamp;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields, format::Writer},
    registry::LookupSpan,
};

/// Members: `timestamp`, `level`, the event's own (`message` first), `target`; within a span, `span` with its fields, which
/// must be formatted as JSON.
pub(super) struct JsonLines;

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut line: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        line.write_str("{\"timestamp\":\"")?;
        now(&mut line)?;
        line.write_str("\",\"level\":\"")?;
        line.write_str(metadata.level().as_str())?;
        line.write_char('"')?;
        let mut members = Members {
            line: line.by_ref(),
            written: Ok(()),
        };
        event.record(&mut members);
        members.written?;
        line.write_str(",\"target\":")?;
        string(&mut line, metadata.target())?;
        if let Some(span) = context.lookup_current()
            && let Some(fields) = span.extensions().get::<FormattedFields<N>>()
        {
            line.write_str(",\"span\":")?;
            line.write_str(if fields.is_empty() { "{}" } else { fields.as_str() })?;
        }
        line.write_str("}\n")
    }
}

/// The time in UTC, to the microsecond. What is the same for a whole second is written once in it.
fn now(line: &mut Writer<'_>) -> fmt::Result {
    thread_local! {
        static SECOND: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) };
    }
    // A clock that is set before 1970 shows 1970.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    SECOND.with_borrow_mut(|(second, text)| {
        if *second != now.as_secs() || text.is_empty() {
            *second = now.as_secs();
            let begin = i64::try_from(*second)
                .ok()
                .and_then(|secs| Timestamp::from_second(secs).ok());
            *text = begin.ok_or(fmt::Error)?.to_string();
        }
        line.write_str(text.trim_end_matches('Z'))
    })?;
    line.write_char('.')?;
    // A million more, so that there are zeros in front.
    let mut digits = itoa::Buffer::new();
    line.write_str(
        digits
            .format(1_000_000 + now.subsec_micros())
            .get(1..)
            .unwrap_or_default(),
    )?;
    line.write_char('Z')
}

/// Writes members one after the other.
struct Members<'a> {
    line: Writer<'a>,
    written: fmt::Result,
}

impl Members<'_> {
    fn member(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        let line = &mut self.line;
        let mut write = || {
            line.write_str(",\"")?;
            // A name of the program's own.
            line.write_str(field.name())?;
            line.write_str("\":")
        };
        self.written = self.written.and_then(|()| write()).and_then(|()| value(&mut self.line));
    }
}

impl Visit for Members<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.member(field, |line| string(line, value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field, |line| line.write_str(itoa::Buffer::new().format(value)));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field, |line| line.write_str(itoa::Buffer::new().format(value)));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field, |line| write!(line, "{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.member(field, |line| {
            if value.is_finite() {
                line.write_str(zmij::Buffer::new().format_finite(value))
            } else {
                line.write_str("null")
            }
        });
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.member(field, |line| string(line, &format!("{value:?}")));
    }
}

/// A JSON string. Nearly all are plain, and are written as they are.
fn string(line: &mut Writer<'_>, text: &str) -> fmt::Result {
    let is_plain = text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
    if is_plain {
        line.write_char('"')?;
        line.write_str(text)?;
        line.write_char('"')
    } else {
        let escaped = serde_json::to_string(text).map_err(|_strings_always_serialise| fmt::Error)?;
        line.write_str(&escaped)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
        time::Duration,
    };

    use proptest::prelude::*;
    use serde_json::{Value, json};
    use tracing_subscriber::{fmt::format::JsonFields, layer::SubscriberExt as _};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The one line that is written meanwhile.
    fn line(write: impl FnOnce()) -> Value {
        let written = Written::default();
        let writer = written.clone();
        let layer = tracing_subscriber::fmt::layer()
            .event_format(JsonLines)
            .fmt_fields(JsonFields::new())
            .with_writer(move || writer.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), write);
        let written = written.0.lock().unwrap();
        let text = std::str::from_utf8(&written).unwrap();
        assert_eq!((text.matches('\n').count(), text.ends_with('\n')), (1, true), "{text}");
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn an_event_has_its_members_and_the_fields_of_its_span() {
        let before = Timestamp::now();
        let line = line(|| {
            let _span = tracing::info_span!("request", request_id = "r1").entered();
            let absent: Option<&str> = None;
            tracing::warn!(
                text = "a \"quoted\"\nline",
                absent,
                count = 3_u64,
                below = -3_i64,
                is_so = true,
                took = 1.25,
                nothing = f64::NAN,
                debug = ?Some("x"),
                "attempt"
            );
        });
        let mut line = line.as_object().unwrap().clone();
        let timestamp = line.remove("timestamp").unwrap();
        let timestamp: Timestamp = timestamp.as_str().unwrap().parse().unwrap();
        // Its last digits are cut off.
        assert!(before - Duration::from_micros(1) <= timestamp && timestamp <= Timestamp::now());
        let expected = json!({
            "level": "WARN", "message": "attempt", "text": "a \"quoted\"\nline", "count": 3, "below": -3, "is_so": true,
            "took": 1.25, "nothing": null, "debug": "Some(\"x\")", "target": module_path!(),
            "span": {"request_id": "r1"},
        });
        assert_eq!(Value::Object(line), expected);
    }

    proptest! {
        #[test]
        fn any_text_comes_out_as_it_went_in(text in any::<String>()) {
            let line = line(|| tracing::info!(text, "x"));
            prop_assert_eq!(line["text"].as_str(), Some(text.as_str()));
        }
    }
}
