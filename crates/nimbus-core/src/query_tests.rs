#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Direction, MAX_ANSWER_BYTES, MAX_LIMIT, Page, Query, Sort};
use crate::{
    data::Record,
    ids::RecordId,
    platform::fixed::{self},
};

fn records(data: &[Value]) -> Vec<Record> {
    let (platform, clock) = fixed::platform();
    let make = |data: &Value| {
        clock.advance(1);
        let now: Timestamp = platform.now();
        Record { id: RecordId::new(&platform), data: data.clone(), revision: 1, created_at: now, updated_at: now }
    };
    data.iter().map(make).collect()
}

fn query(filter: Value, sort: &[(&str, Direction)], limit: u32, cursor: Option<String>) -> Query {
    let sort = sort.iter().map(|(field, direction)| Sort { field: (*field).to_owned(), direction: *direction });
    let filter = filter.as_object().cloned().unwrap();
    Query { filter, sort: sort.collect(), limit: Some(limit), cursor }
}

fn names(page: &Page) -> String {
    page.items.iter().map(|record| record.data["n"].as_str().unwrap_or("?")).collect()
}

#[test]
fn every_operator_filters() {
    let all = records(&[
        json!({"n": "a", "x": 1, "t": "Milk", "tags": ["red"]}),
        json!({"n": "b", "x": 2.5, "t": "bread", "done": true}),
        json!({"n": "c", "x": "2", "t": null}),
        json!({"n": "d", "x": 10, "tags": ["red", 3]}),
    ]);
    for (filter, expected) in [
        (json!({}), "abcd"),
        (json!({"x": 1}), "a"),
        (json!({"x": 1.0}), "a"),
        (json!({"x": {"eq": "2"}}), "c"),
        (json!({"x": {"ne": 1}}), "bcd"),
        (json!({"x": {"lt": 10}}), "ab"),
        (json!({"x": {"lte": 10}}), "abd"),
        (json!({"x": {"gt": 1, "lt": 10}}), "b"),
        (json!({"x": {"gte": "1"}}), "c"),
        (json!({"x": {"in": [1, 10, "x"]}}), "ad"),
        (json!({"x": {"in": []}}), ""),
        (json!({"t": {"contains": "mil"}}), "a"),
        (json!({"tags": {"contains": 3}}), "d"),
        (json!({"tags": {"contains": "red"}, "x": {"gt": 1}}), "d"),
        (json!({"t": null}), "cd"),
        (json!({"done": true}), "b"),
        (json!({"revision": 1}), "abcd"),
        (json!({"id": all[2].id.to_string()}), "c"),
        (json!({"__proto__": {"eq": null}}), "abcd"),
    ] {
        let page = query(filter.clone(), &[], 10, None).plan().unwrap().page(all.clone());
        assert_eq!(names(&page), expected, "{filter}");
        assert_eq!(page.next_cursor, None);
    }
}

#[test]
fn records_are_sorted_by_kind_and_value_and_then_by_age() {
    use Direction::{Asc, Desc};
    let all = records(&[
        json!({"n": "a", "x": "b"}),
        json!({"n": "b", "x": 2}),
        json!({"n": "c"}),
        json!({"n": "d", "x": true, "y": 1}),
        json!({"n": "e", "x": 2, "y": 1}),
        json!({"n": "f", "x": [1]}),
        json!({"n": "g", "x": "a"}),
        json!({"n": "h", "x": -1.5}),
    ]);
    for (sort, expected) in [
        (vec![], "abcdefgh"),
        (vec![("x", Asc)], "cdhbegaf"),
        (vec![("x", Desc)], "fagbehdc"),
        (vec![("x", Desc), ("y", Desc)], "fagebhdc"),
        (vec![("createdAt", Desc)], "hgfedcba"),
    ] {
        let page = query(json!({}), &sort, 10, None).plan().unwrap().page(all.clone());
        assert_eq!(names(&page), expected, "{sort:?}");
    }
}

#[test]
fn pages_join_whatever_happens_to_the_records_between_them() {
    let mut all = records(&(0..7).map(|n| json!({"n": n.to_string(), "x": n / 2})).collect::<Vec<_>>());
    let sort = [("x", Direction::Desc)];
    let first = query(json!({}), &sort, 3, None).plan().unwrap().page(all.clone());
    assert_eq!(names(&first), "645");
    // The record at which the page ended goes, and a new one comes before it.
    all.retain(|record| record.data["n"] != "5");
    all.extend(records(&[json!({"n": "new", "x": 9})]));
    let second = query(json!({}), &sort, 3, first.next_cursor).plan().unwrap().page(all.clone());
    assert_eq!(names(&second), "230");
    let third = query(json!({}), &sort, 3, second.next_cursor).plan().unwrap().page(all);
    assert_eq!(names(&third), "1");
    assert_eq!(third.next_cursor, None);
}

#[test]
fn long_texts_make_short_cursors() {
    let text = "é".repeat(100_000);
    let all = records(&[json!({"n": "a", "x": text}), json!({"n": "b", "x": text})]);
    let sort = [("x", Direction::Asc)];
    let page = query(json!({}), &sort, 1, None).plan().unwrap().page(all.clone());
    let rest = query(json!({}), &sort, 1, page.next_cursor).plan().unwrap().page(all);
    assert_eq!(names(&rest), "b");
}

#[test]
fn what_makes_no_sense_is_refused_in_words() {
    let many: serde_json::Map<String, Value> = (0..17).map(|n| (n.to_string(), json!(1))).collect();
    let choices: Vec<u32> = (0..101).collect();
    let five = [("a", Direction::Asc); 5];
    for (query, part) in [
        (query(json!({"x": {"regex": ".*"}}), &[], 1, None), "no operator `regex`"),
        (query(json!({"x": {"in": 1}}), &[], 1, None), "`in` takes a list"),
        (query(json!({"x": {"in": choices}}), &[], 1, None), "`in` takes a list"),
        (query(Value::Object(many), &[], 1, None), "at most 16 fields"),
        (query(json!({}), &five, 1, None), "at most 4 fields"),
        (query(json!({}), &[], 0, None), "`limit` is 0"),
        (query(json!({}), &[], MAX_LIMIT + 1, None), "`limit` is 501"),
        (query(json!({}), &[], 1, Some("00".to_owned())), "cursor"),
        (query(json!({}), &[], 1, Some("x".repeat(100_000))), "cursor"),
    ] {
        let problem = query.plan().err().unwrap_or_default();
        assert!(problem.contains(part), "{query:?}: {problem}");
    }
    let all = records(&[json!({}), json!({})]);
    let cursor = query(json!({}), &[], 1, None).plan().unwrap().page(all).next_cursor;
    assert!(query(json!({}), &[("x", Direction::Asc)], 1, cursor).plan().is_err());
}

#[test]
fn times_are_ordered_as_times_however_they_are_written() {
    let mut all = records(&[json!({"n": "a"}), json!({"n": "b"}), json!({"n": "c"})]);
    // Texts of these would be `…00.5Z`, `…00.558Z` and `…01Z`.
    for (record, millis) in all.iter_mut().zip([500, 558, 1_000]) {
        record.created_at = Timestamp::from_millisecond(millis).unwrap();
    }
    let sorted = query(json!({}), &[("createdAt", Direction::Asc)], 10, None).plan().unwrap().page(all.clone());
    assert_eq!(names(&sorted), "abc");
    for (filter, found) in [
        (json!({"createdAt": {"lt": "1970-01-01T00:00:01Z"}}), "ab"),
        (json!({"createdAt": {"gt": "1970-01-01T00:00:00.5Z"}}), "bc"),
        (json!({"createdAt": "1970-01-01T00:00:00.500000Z"}), "a"),
        (json!({"createdAt": {"in": ["1970-01-01T00:00:01.0Z"]}}), "c"),
        (json!({"createdAt": "yesterday"}), ""),
    ] {
        let page = query(filter.clone(), &[], 10, None).plan().unwrap().page(all.clone());
        assert_eq!(names(&page), found, "{filter}");
    }
}

#[test]
fn a_page_holds_no_more_than_fits_into_an_answer() {
    let half = "x".repeat(MAX_ANSWER_BYTES / 2);
    let over = "x".repeat(MAX_ANSWER_BYTES + 1);
    let all = records(&[
        json!({"n": "a", "x": half}),
        json!({"n": "b", "x": half}),
        json!({"n": "c", "x": over}),
        json!({"n": "d"}),
    ]);
    let (mut cursor, mut pages) = (None, Vec::new());
    loop {
        let page = query(json!({}), &[], 10, cursor).plan().unwrap().page(all.clone());
        pages.push(names(&page));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(pages, ["a", "b", "c", "d"]);
}
