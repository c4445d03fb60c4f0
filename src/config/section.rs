//! A table of the file, taken apart key by key. Serde's derive would stop at the first error; here each error is
//! recorded with its line, and reading continues.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    error::{Mistakes, Place},
    nearest::nearest,
};

/// One table. A key that is never taken out of it is unknown.
#[derive(Debug, Clone)]
pub(super) struct Section {
    /// Its key from the root, empty at the root.
    path: String,
    place: Place,
    entries: BTreeMap<String, Entry>,
    /// Every name that was asked for: the keys that are known here.
    known: RefCell<BTreeSet<String>>,
}

#[derive(Debug, Clone)]
struct Entry {
    place: Place,
    value: Value,
}

#[derive(Debug, Clone)]
enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Entry>),
    Table(Section),
    /// From an environment variable: text that stands for any scalar.
    Variable(String),
    /// A float or a date: no setting is one.
    Other,
}

impl Value {
    fn table(self) -> Option<Section> {
        if let Self::Table(section) = self {
            Some(section)
        } else {
            None
        }
    }

    fn list(self) -> Option<Vec<Entry>> {
        if let Self::List(list) = self { Some(list) } else { None }
    }
}

/// A value together with where it stands, for checks that need more than its type.
#[derive(Debug, Clone)]
pub(super) struct Found<T> {
    pub(super) value: T,
    pub(super) place: Place,
    /// The key from the root.
    pub(super) key: String,
}

impl<T> Found<T> {
    /// Parses the value on, noting what the parser says against it.
    pub(super) fn parse<U>(self, mistakes: &mut Mistakes, parse: impl FnOnce(T) -> Result<U, String>) -> Option<U> {
        parse(self.value)
            .map_err(|message| mistakes.add(&self.place, self.key, message))
            .ok()
    }
}

impl Section {
    /// The root table of a file. Syntax errors are noted, all of them.
    pub(super) fn parse(text: &str, mistakes: &mut Mistakes) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        let lines = Lines::of(text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            mistakes.add(&lines.place(at), "", error.message());
        }
        Self::of(root.into_inner(), String::new(), Place::File, &lines)
    }

    fn of(table: DeTable<'_>, path: String, place: Place, lines: &Lines) -> Self {
        let entries = table
            .into_iter()
            .map(|(key, value)| {
                let name = key.get_ref().clone().into_owned();
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                let place = lines.place(key.span().start);
                (name, Entry::of(value, &path, place, lines))
            })
            .collect();
        Self {
            path,
            place,
            entries,
            known: RefCell::default(),
        }
    }

    fn empty(path: String) -> Self {
        Self {
            path,
            place: Place::File,
            entries: BTreeMap::new(),
            known: RefCell::default(),
        }
    }

    /// The key of a member, from the root.
    pub(super) fn key(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// Where the table starts.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Whether the key is there, in whatever shape.
    pub(super) fn has(&self, name: &str) -> bool {
        self.known.borrow_mut().insert(name.to_owned());
        self.entries.contains_key(name)
    }

    /// Sets a scalar from an environment variable, over what the file says.
    pub(super) fn set(&mut self, name: &str, variable: &str, value: &str) {
        let entry = Entry {
            place: Place::Variable(variable.to_owned()),
            value: Value::Variable(value.to_owned()),
        };
        self.entries.insert(name.to_owned(), entry);
    }

    /// The table in this member, to be changed in place; made if it is not there.
    pub(super) fn table_mut(&mut self, name: &str) -> Option<&mut Self> {
        let path = self.key(name);
        let entry = self.entries.entry(name.to_owned()).or_insert_with(|| Entry {
            place: Place::File,
            value: Value::Table(Self::empty(path)),
        });
        if let Value::Table(section) = &mut entry.value {
            Some(section)
        } else {
            None
        }
    }

    pub(super) fn text(&mut self, name: &str, mistakes: &mut Mistakes) -> Option<Found<String>> {
        self.take(name, mistakes, "a string", |value| match value {
            Value::Text(text) | Value::Variable(text) => Some(text),
            Value::Integer(_) | Value::Boolean(_) | Value::List(_) | Value::Table(_) | Value::Other => None,
        })
    }

    /// A text that must be there.
    pub(super) fn required_text(&mut self, name: &str, mistakes: &mut Mistakes) -> Option<Found<String>> {
        if !self.has(name) {
            mistakes.add(&self.place, self.key(name), "is required");
        }
        self.text(name, mistakes)
    }

    pub(super) fn boolean(&mut self, name: &str, default: bool, mistakes: &mut Mistakes) -> bool {
        self.take(name, mistakes, "true or false", |value| match value {
            Value::Boolean(boolean) => Some(boolean),
            Value::Variable(text) => text.parse().ok(),
            Value::Text(_) | Value::Integer(_) | Value::List(_) | Value::Table(_) | Value::Other => None,
        })
        .map_or(default, |found| found.value)
    }

    /// A whole number within bounds; the default where it is not there or not usable.
    pub(super) fn integer(
        &mut self,
        name: &str,
        default: u32,
        bounds: RangeInclusive<u32>,
        mistakes: &mut Mistakes,
    ) -> u32 {
        let expected = format!("a whole number from {} to {}", bounds.start(), bounds.end());
        self.take(name, mistakes, &expected, |value| {
            let number = match value {
                Value::Integer(number) => u32::try_from(number).ok(),
                Value::Variable(text) => text.parse().ok(),
                Value::Text(_) | Value::Boolean(_) | Value::List(_) | Value::Table(_) | Value::Other => None,
            };
            number.filter(|number| bounds.contains(number))
        })
        .map_or(default, |found| found.value)
    }

    /// A list of strings, each with its own place.
    pub(super) fn texts(&mut self, name: &str, mistakes: &mut Mistakes) -> Option<Vec<Found<String>>> {
        let key = self.key(name);
        let list = self.take(name, mistakes, "a list of strings", Value::list)?;
        let texts = list.value.into_iter().enumerate().filter_map(|(at, entry)| {
            let key = format!("{key}[{at}]");
            if let Value::Text(value) = entry.value {
                Some(Found {
                    value,
                    place: entry.place,
                    key,
                })
            } else {
                mistakes.add(&entry.place, key, "must be a string");
                None
            }
        });
        Some(texts.collect())
    }

    /// A list of strings, or one string alone.
    pub(super) fn text_or_texts(&mut self, name: &str, mistakes: &mut Mistakes) -> Option<Vec<Found<String>>> {
        if matches!(self.entries.get(name).map(|entry| &entry.value), Some(Value::Text(_))) {
            return self.text(name, mistakes).map(|found| vec![found]);
        }
        self.texts(name, mistakes)
    }

    /// The table in this member; an empty one if it is not there.
    pub(super) fn table(&mut self, name: &str, mistakes: &mut Mistakes) -> Self {
        self.take(name, mistakes, "a table", Value::table)
            .map_or_else(|| Self::empty(self.key(name)), |found| found.value)
    }

    /// The tables of a `[[name]]` list, of which there must be one.
    pub(super) fn tables(&mut self, name: &str, mistakes: &mut Mistakes) -> Vec<Self> {
        if !self.has(name) {
            mistakes.add(&Place::File, format!("[[{name}]]"), "is required, at least one");
        }
        let expected = format!("a list of tables: write [[{name}]]");
        let list = self.take(name, mistakes, &expected, |value| {
            let entries = value.list()?.into_iter();
            entries.map(|entry| entry.value.table()).collect::<Option<Vec<_>>>()
        });
        list.map(|found| found.value).unwrap_or_default()
    }

    /// The names of the members, for tables whose keys are data.
    pub(super) fn names(&self) -> Vec<String> {
        self.entries.keys().cloned().collect()
    }

    /// Drops a member that was dealt with otherwise, saying why it must not be there.
    pub(super) fn refuse(&mut self, name: &str, why: &str, mistakes: &mut Mistakes) {
        if let Some(entry) = self.entries.remove(name) {
            mistakes.add(&entry.place, self.key(name), why);
        }
    }

    /// Reports every key that was never taken out.
    pub(super) fn finish(self, mistakes: &mut Mistakes) {
        let known = self.known.borrow();
        for (name, entry) in &self.entries {
            let meant = nearest(name, known.iter().map(String::as_str));
            let hint = meant.map_or_else(String::new, |meant| format!(": did you mean {meant}?"));
            mistakes.add(&entry.place, self.key(name), format!("is not a known setting{hint}"));
        }
    }

    fn take<T>(
        &mut self,
        name: &str,
        mistakes: &mut Mistakes,
        expected: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Option<Found<T>> {
        self.known.borrow_mut().insert(name.to_owned());
        let entry = self.entries.remove(name)?;
        let key = self.key(name);
        let Some(value) = read(entry.value) else {
            mistakes.add(&entry.place, key, format!("must be {expected}"));
            return None;
        };
        Some(Found {
            value,
            place: entry.place,
            key,
        })
    }
}

impl Entry {
    fn of(value: Spanned<DeValue<'_>>, path: &str, place: Place, lines: &Lines) -> Self {
        let value = match value.into_inner() {
            DeValue::String(string) => Value::Text(string.into_owned()),
            DeValue::Integer(integer) => {
                i64::from_str_radix(integer.as_str(), integer.radix()).map_or(Value::Other, Value::Integer)
            }
            DeValue::Boolean(boolean) => Value::Boolean(boolean),
            DeValue::Array(array) => Value::List(
                array
                    .into_iter()
                    .enumerate()
                    .map(|(at, item)| {
                        let place = lines.place(item.span().start);
                        Self::of(item, &format!("{path}[{at}]"), place, lines)
                    })
                    .collect(),
            ),
            DeValue::Table(table) => Value::Table(Section::of(table, path.to_owned(), place.clone(), lines)),
            DeValue::Float(_) | DeValue::Datetime(_) => Value::Other,
        };
        Self { place, value }
    }
}

/// Where the lines of a text end: counting them anew for every key would make large
/// configurations slow to read.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    fn place(&self, offset: usize) -> Place {
        Place::Line(1 + self.0.partition_point(|end| *end < offset))
    }
}
