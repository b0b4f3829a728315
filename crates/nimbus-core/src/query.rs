//! Finding records: filter, sort, and pages that stay right while records come and go.
//!
//! A cursor holds the sort values of the last record seen, not its place: a page continues after
//! those values even when that record is gone.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value, json};

use crate::{data::Record, ids::RecordId};

/// The most records of one page.
pub const MAX_LIMIT: u32 = 500;
/// The records of a page when the query does not say.
pub const DEFAULT_LIMIT: u32 = 100;
/// The most bytes of the records of one answer, as JSON; a single larger record is an answer of its own. The page
/// around the app has to sign every answer, and stands still while it does.
pub const MAX_ANSWER_BYTES: usize = 1024 * 1024;
/// The most fields to sort by.
pub const MAX_SORTS: usize = 4;
/// The most fields to filter by.
pub const MAX_FILTERS: usize = 16;
/// The most values of `in`.
pub const MAX_CHOICES: usize = 100;
/// How many characters of a text count when sorting: cursors stay small.
const SORTED_CHARS: usize = 128;
/// Longer than any cursor that we make, in bytes.
const MAX_CURSOR_BYTES: usize = 8 * 1024;

/// Which way a field is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Smallest first.
    #[default]
    Asc,
    /// Largest first.
    Desc,
}

/// A field to sort by. Missing values come first, then false, true, numbers and texts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// A field of the data, or `id`, `revision`, `createdAt` or `updatedAt` of the record where the
    /// data has no field of that name.
    pub field: String,
    /// Which way.
    #[serde(default)]
    pub direction: Direction,
}

/// A query as an app writes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// Fields and what they must be: a value, or an object of operators (`eq`, `ne`, `lt`, `lte`,
    /// `gt`, `gte`, `in`, `contains`). All must hold.
    pub filter: Map<String, Value>,
    /// What to sort by, the most important first. Equal records are sorted oldest first.
    pub sort: Vec<Sort>,
    /// The most records to give, 1 to [`MAX_LIMIT`].
    pub limit: Option<u32>,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

/// Some of the records, and where they go on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// The records.
    pub items: Vec<Record>,
    /// The cursor of the next page; none on the last.
    pub next_cursor: Option<String>,
}

/// A query that makes sense.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    conditions: Vec<(String, Operator, Value)>,
    sort: Vec<Sort>,
    limit: usize,
    after: Option<Position>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
    In,
    Contains,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Position {
    values: Vec<Value>,
    created: i64,
    id: RecordId,
}

impl Position {
    /// For a cursor: fractions as their bits, because their decimal digits are read with rounding, and
    /// a page that begins a rounding too early never ends. No value to sort by is an object.
    fn written(&self) -> Self {
        let write = |value: &Value| match value {
            Value::Number(number) if number.is_f64() => json!({ "bits": number.as_f64().map(f64::to_bits) }),
            other => other.clone(),
        };
        Self { values: self.values.iter().map(write).collect(), ..self.clone() }
    }

    /// What [`Self::written`] was made of; none for what it cannot have been.
    fn read(self) -> Option<Self> {
        let read = |value: Value| match &value {
            Value::Object(fraction) => Some(json!(f64::from_bits(fraction.get("bits")?.as_u64()?))),
            _ => Some(value),
        };
        Some(Self { values: self.values.into_iter().map(read).collect::<Option<_>>()?, ..self })
    }
}

impl Query {
    /// Checks the query.
    ///
    /// # Errors
    /// A sentence that says what does not fit.
    pub fn plan(&self) -> Result<Plan, String> {
        if self.filter.len() > MAX_FILTERS {
            return Err(format!("a query filters by at most {MAX_FILTERS} fields"));
        }
        if self.sort.len() > MAX_SORTS {
            return Err(format!("a query sorts by at most {MAX_SORTS} fields"));
        }
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(format!("`limit` is {limit}, but must be 1 to {MAX_LIMIT}"));
        }
        let mut conditions = Vec::new();
        for (field, wanted) in &self.filter {
            let Value::Object(operators) = wanted else {
                conditions.push((field.clone(), Operator::Eq, wanted.clone()));
                continue;
            };
            for (name, value) in operators {
                conditions.push((field.clone(), operator(name, value)?, value.clone()));
            }
        }
        let after = self.cursor.as_deref().map(|cursor| position(cursor, self.sort.len())).transpose()?;
        Ok(Plan { conditions, sort: self.sort.clone(), limit: limit as usize, after })
    }
}

impl Plan {
    /// The page of these records: at most as many as the query asks for, and as fit into
    /// [`MAX_ANSWER_BYTES`].
    #[must_use]
    pub fn page(&self, records: Vec<Record>) -> Page {
        let mut found: Vec<(Position, Record)> = records
            .into_iter()
            .filter(|record| {
                self.conditions.iter().all(|(field, operator, value)| holds(record, field, *operator, value))
            })
            .map(|record| (self.position_of(&record), record))
            .filter(|(at, _)| self.after.as_ref().is_none_or(|after| self.compare(at, after) == Ordering::Greater))
            .collect();
        found.sort_by(|(a, _), (b, _)| self.compare(a, b));
        let room = fitting(found.iter().map(|(_, record)| record)).max(1).min(self.limit);
        let more = found.len() > room;
        found.truncate(room);
        let last = if more { found.last().map(|(at, _)| at) } else { None };
        let next_cursor = last.and_then(|at| serde_json::to_vec(&at.written()).ok()).map(hex::encode);
        Page { items: found.into_iter().map(|(_, record)| record).collect(), next_cursor }
    }

    fn position_of(&self, record: &Record) -> Position {
        let values = self.sort.iter().map(|sort| sort_key(field_of(record, &sort.field))).collect();
        Position { values, created: record.created_at.as_millisecond(), id: record.id }
    }

    fn compare(&self, a: &Position, b: &Position) -> Ordering {
        for ((a, b), sort) in a.values.iter().zip(&b.values).zip(&self.sort) {
            let order = compare(a, b);
            let order = if sort.direction == Direction::Desc { order.reverse() } else { order };
            if order != Ordering::Equal {
                return order;
            }
        }
        (a.created, a.id).cmp(&(b.created, b.id))
    }
}

/// How many of these records one answer can hold.
pub fn fitting<'r>(records: impl Iterator<Item = &'r Record>) -> usize {
    let mut bytes = 0;
    records
        .take_while(|record| {
            bytes += record.data.to_string().len();
            bytes <= MAX_ANSWER_BYTES
        })
        .count()
}

fn operator(name: &str, value: &Value) -> Result<Operator, String> {
    Ok(match name {
        "eq" => Operator::Eq,
        "ne" => Operator::Ne,
        "lt" => Operator::Lt,
        "lte" => Operator::Lte,
        "gt" => Operator::Gt,
        "gte" => Operator::Gte,
        "contains" => Operator::Contains,
        "in" => match value {
            Value::Array(choices) if choices.len() <= MAX_CHOICES => Operator::In,
            _ => return Err(format!("`in` takes a list of at most {MAX_CHOICES} values")),
        },
        _ => {
            let name: String = name.chars().filter(|c| !c.is_control()).take(32).collect();
            return Err(format!("there is no operator `{name}`; use eq, ne, lt, lte, gt, gte, in or contains"));
        }
    })
}

fn position(cursor: &str, sorts: usize) -> Result<Position, String> {
    let read = || -> Option<Position> {
        let bytes = if cursor.len() <= MAX_CURSOR_BYTES { hex::decode(cursor).ok()? } else { return None };
        let at = serde_json::from_slice::<Position>(&bytes).ok()?.read()?;
        (at.values.len() == sorts).then_some(at)
    };
    read().ok_or_else(|| "the cursor is not one of this query: take `nextCursor` of the page before".to_owned())
}

fn field_of(record: &Record, field: &str) -> Value {
    if let Some(value) = record.data.get(field) {
        return value.clone();
    }
    match field {
        "id" => Value::String(record.id.to_string()),
        "revision" => Value::from(record.revision),
        "createdAt" => time(record.created_at),
        "updatedAt" => time(record.updated_at),
        _ => Value::Null,
    }
}

/// Always with three digits after the second, so that the order of texts is the order of times.
fn time(at: Timestamp) -> Value {
    Value::String(format!("{at:.3}"))
}

/// Whether a field is one of the record's own times, and not one that the app made.
fn is_time(record: &Record, field: &str) -> bool {
    matches!(field, "createdAt" | "updatedAt") && record.data.get(field).is_none()
}

/// What a time is compared with, however it is written; what is no time stays as it is.
fn with_times(wanted: &Value) -> Value {
    match wanted {
        Value::String(text) => text.parse().map_or_else(|_| wanted.clone(), time),
        Value::Array(values) => Value::Array(values.iter().map(with_times).collect()),
        other => other.clone(),
    }
}

fn holds(record: &Record, field: &str, operator: Operator, wanted: &Value) -> bool {
    let found = field_of(record, field);
    let as_time = is_time(record, field).then(|| with_times(wanted));
    let wanted = as_time.as_ref().unwrap_or(wanted);
    let ordered = |allowed: &[Ordering]| {
        kind(&found) == kind(wanted)
            && matches!(found, Value::Number(_) | Value::String(_))
            && allowed.contains(&compare(&found, wanted))
    };
    match operator {
        Operator::Eq => same(&found, wanted),
        Operator::Ne => !same(&found, wanted),
        Operator::Lt => ordered(&[Ordering::Less]),
        Operator::Lte => ordered(&[Ordering::Less, Ordering::Equal]),
        Operator::Gt => ordered(&[Ordering::Greater]),
        Operator::Gte => ordered(&[Ordering::Greater, Ordering::Equal]),
        Operator::In => wanted.as_array().is_some_and(|choices| choices.iter().any(|choice| same(&found, choice))),
        Operator::Contains => match (&found, wanted) {
            // What a person types into a search box is rarely in the right case.
            (Value::String(text), Value::String(part)) => text.to_lowercase().contains(&part.to_lowercase()),
            (Value::Array(values), _) => values.iter().any(|value| same(value, wanted)),
            _ => false,
        },
    }
}

/// Equal as values: `1` and `1.0` are, whatever JSON spells.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => compare_numbers(a, b) == Ordering::Equal,
        _ => a == b,
    }
}

/// What a value is sorted by. Lists and objects have no order: all of them are last, and equal.
fn sort_key(value: Value) -> Value {
    match value {
        Value::String(text) => match text.char_indices().nth(SORTED_CHARS) {
            Some((end, _)) => Value::String(text[..end].to_owned()),
            None => Value::String(text),
        },
        Value::Array(_) | Value::Object(_) => Value::Array(Vec::new()),
        other => other,
    }
}

fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => compare_numbers(a, b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        _ => kind(a).cmp(&kind(b)),
    }
}

fn compare_numbers(a: &Number, b: &Number) -> Ordering {
    let whole = |n: &Number| n.as_i64().map(i128::from).or_else(|| n.as_u64().map(i128::from));
    let broken = |n: &Number| n.as_f64().unwrap_or_default();
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => compare_exactly(a, broken(b)),
        (None, Some(b)) => compare_exactly(b, broken(a)).reverse(),
        // Numbers of JSON are finite; `-0.0` is `0.0`.
        (None, None) => broken(a).partial_cmp(&broken(b)).unwrap_or(Ordering::Equal),
    }
}

/// Without rounding `whole`: otherwise two whole numbers would equal one fraction and not each other,
/// and sorting needs an order.
fn compare_exactly(whole: i128, other: f64) -> Ordering {
    let floor = other.floor();
    match whole.cmp(&(floor as i128)) {
        Ordering::Equal if other > floor => Ordering::Less,
        order => order,
    }
}

const fn kind(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) | Value::Object(_) => 4,
    }
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
