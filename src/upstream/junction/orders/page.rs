//! A part of a list that is too long for one answer.

use serde_json::Value;

use super::fields::Fields;
use crate::upstream::junction::answer::{Read, Unexpected};

/// Some of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// Those that could be read.
    pub items: Vec<T>,
    /// How many could not: one bad entry does not hide the others.
    pub unreadable: usize,
    /// What asks for the next part of a list that Junction divides by cursors; none if this is the last.
    pub cursor: Option<String>,
    /// Whether this is the last part.
    pub is_last: bool,
}

impl<T> Page<T> {
    /// The part of a list under this name, of which at most `size` were asked for.
    pub(super) fn read(body: &Value, name: &str, size: u64, read: impl Fn(&Value) -> Read<T>) -> Read<Self> {
        let fields = Fields::needed(body)?;
        let entries = fields.value(name).and_then(Value::as_array).ok_or(Unexpected)?;
        let items: Vec<_> = entries.iter().filter_map(|entry| read(entry).ok()).collect();
        let unreadable = entries.len() - items.len();
        let cursor = fields.text("next_cursor");
        let number = |name: &str| fields.value(name).and_then(Value::as_u64);
        // Junction may send fewer than were asked for, and says so.
        let size = number("size").unwrap_or(size);
        let is_last = match (number("page"), number("total")) {
            (Some(page), Some(total)) => page.saturating_mul(size) >= total,
            _not_said => (entries.len() as u64) < size,
        };
        Ok(Self {
            items,
            unreadable,
            is_last: entries.is_empty() || (cursor.is_none() && is_last),
            cursor,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_part_of_a_list_is_known_as_such() {
        let two = || json!([1, 2]);
        let rows = [
            (
                json!({"l": two(), "total": 5, "page": 1, "size": 2}),
                false,
                "more follow",
            ),
            (
                json!({"l": two(), "total": 4, "page": 2, "size": 2}),
                true,
                "all were sent",
            ),
            (json!({"l": two()}), false, "as many as were asked for"),
            (json!({"l": [1]}), true, "fewer than were asked for"),
            (
                json!({"l": [1], "size": 1}),
                false,
                "fewer, as Junction sends no more at once",
            ),
            (json!({"l": [1], "next_cursor": "c"}), false, "a cursor"),
            (
                json!({"l": [], "total": 9, "page": 2, "size": 2}),
                true,
                "nothing, whatever is said",
            ),
            (json!({"l": [], "next_cursor": "c"}), true, "nothing, and a cursor"),
            (
                json!({"l": two(), "total": null, "page": null, "size": null}),
                false,
                "null",
            ),
        ];
        for (body, is_last, reason) in rows {
            let page = Page::read(&body, "l", 2, |entry| entry.as_u64().ok_or(Unexpected)).unwrap();
            assert_eq!(page.is_last, is_last, "{reason}");
        }
    }

    #[test]
    fn one_bad_entry_does_not_hide_the_others() {
        let body = json!({"l": [1, "x", 3, null]});
        let page = Page::read(&body, "l", 50, |entry| entry.as_u64().ok_or(Unexpected)).unwrap();
        assert_eq!((page.items, page.unreadable), (vec![1, 3], 2));
        for body in [json!({}), json!([]), json!({"l": {}}), json!(null)] {
            assert!(Page::read(&body, "l", 50, |_| Ok(())).is_err(), "{body}");
        }
    }
}
