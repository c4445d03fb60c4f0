//! One JSON object per line. The library's own format builds a map for every span and goes through a serialiser for every
//! field; one line per launch is the most frequent thing that this process writes.

use std::{
    cell::{Cell, RefCell},
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use domain::json_text;
use jiff::Timestamp;
use tracing::{
    Event, Metadata, Subscriber,
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
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        thread_local! {
            /// The buffer of the line before: taken out, so that a line within a line would find an empty one.
            static BUFFER: Cell<String> = const { Cell::new(String::new()) };
        }
        let mut line = BUFFER.take();
        line.clear();
        write_start(&mut line, event.metadata());
        event.record(&mut Members(&mut line));
        line.push_str(",\"target\":");
        push_text(&mut line, event.metadata().target());
        if let Some(span) = context.lookup_current()
            && let Some(fields) = span.extensions().get::<FormattedFields<N>>()
        {
            line.push_str(",\"span\":");
            line.push_str(if fields.is_empty() { "{}" } else { fields.as_str() });
        }
        line.push_str("}\n");
        let written = writer.write_str(&line);
        BUFFER.set(line);
        written
    }
}

fn write_start(line: &mut String, metadata: &Metadata<'_>) {
    line.push_str("{\"timestamp\":\"");
    push_now(line);
    line.push_str("\",\"level\":\"");
    line.push_str(metadata.level().as_str());
    line.push('"');
}

/// The time in UTC, to the microsecond. What is the same for a whole second is written once in it.
#[expect(
    clippy::disallowed_methods,
    reason = "a line tells when it was written by the clock on the wall"
)]
fn push_now(line: &mut String) {
    thread_local! {
        static SECOND: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) };
    }
    // A clock that is set before 1970 shows 1970.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    SECOND.with_borrow_mut(|(second, text)| {
        if *second != now.as_secs() || text.is_empty() {
            *second = now.as_secs();
            // A clock beyond the calendar shows its end.
            let begin = Timestamp::from_second(i64::try_from(*second).unwrap_or(i64::MAX)).unwrap_or(Timestamp::MAX);
            *text = begin.to_string();
        }
        // Without its last letter and what may stand behind a point.
        line.push_str(text.get(..19).unwrap_or(text));
    });
    line.push('.');
    // A million more, so that there are zeros in front.
    let mut digits = itoa::Buffer::new();
    line.push_str(
        digits
            .format(1_000_000 + now.subsec_micros())
            .get(1..)
            .unwrap_or_default(),
    );
    line.push('Z');
}

/// Writes members one after the other.
struct Members<'a>(&'a mut String);

impl Members<'_> {
    /// The line, with the beginning of a member written.
    fn begin(&mut self, field: &Field) -> &mut String {
        self.0.push_str(",\"");
        // A name of the program's own.
        self.0.push_str(field.name());
        self.0.push_str("\":");
        self.0
    }
}

impl Visit for Members<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        push_text(self.begin(field), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.begin(field).push_str(itoa::Buffer::new().format(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.begin(field).push_str(itoa::Buffer::new().format(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.begin(field).push_str(if value { "true" } else { "false" });
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        let mut digits = zmij::Buffer::new();
        let number = if value.is_finite() {
            digits.format_finite(value)
        } else {
            "null"
        };
        self.begin(field).push_str(number);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        push_text(self.begin(field), &format!("{value:?}"));
    }
}

/// A JSON string. Nearly all are plain, and are written as they are.
fn push_text(line: &mut String, text: &str) {
    if json_text::is_plain(text) {
        line.push('"');
        line.push_str(text);
        line.push('"');
    } else {
        line.push_str(&serde_json::Value::from(text).to_string());
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
