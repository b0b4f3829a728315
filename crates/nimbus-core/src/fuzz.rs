//! What must hold for any input, as functions that panic where it does not. The fuzz targets below
//! `fuzz/` call them with inputs that they make up, the tests with the seeds in `fuzz/corpus/`.

#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a panic is how a finding is told")]

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    bridge::{BridgeCall, query_of},
    data::Record,
    generate::parse::{MAX_HELD, ParseEvent, Parser},
    ids::RecordId,
    outgoing::HttpFetch,
    permission::{self, Domain},
    query::{MAX_LIMIT, Query},
    source::SourceTree,
};

/// A reply of a model: however it is cut into pieces, it gives the same files, texts and problems.
pub fn reply(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if text.lines().any(|line| line.len() > MAX_HELD) {
        return;
    }
    for complete in [true, false] {
        let whole = understood(&[&text], complete);
        // Cuts that depend on the input alone, so that a finding can be repeated.
        let mut state =
            data.iter().fold(data.len() as u64, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize
        };
        for most in [1, 3, 40] {
            let mut pieces = Vec::new();
            let mut rest: &str = &text;
            while !rest.is_empty() {
                let count = 1 + next() % most;
                let end = rest.char_indices().nth(count).map_or(rest.len(), |(end, _)| end);
                let (piece, more) = rest.split_at(end);
                pieces.push(piece);
                rest = more;
            }
            assert_eq!(understood(&pieces, complete), whole, "pieces of at most {most} characters, whole {complete}");
        }
    }
}

/// What a reply amounts to: each event, pieces of the same thing joined.
fn understood(pieces: &[&str], complete: bool) -> Vec<(String, String)> {
    let mut parser = Parser::new();
    let mut events: Vec<ParseEvent> = pieces.iter().flat_map(|piece| parser.push(piece)).collect();
    events.extend(parser.finish(complete));
    let mut all: Vec<(String, String)> = Vec::new();
    let mut text = String::new();
    let mut open = false;
    for event in events {
        let (kind, more) = match event {
            ParseEvent::Text(more) => {
                text.push_str(&more);
                continue;
            }
            ParseEvent::Open(path) => {
                assert!(!open, "a file begins within another");
                open = true;
                (format!("file {path}"), String::new())
            }
            ParseEvent::Chunk(code) => {
                assert!(open, "code outside a file");
                let last = all.iter_mut().rev().find(|(kind, _)| kind.starts_with("file "));
                last.expect("the open file").1.push_str(&code);
                continue;
            }
            ParseEvent::Close | ParseEvent::Cut => {
                assert!(open, "an end outside a file");
                open = false;
                (format!("{event:?}"), String::new())
            }
            ParseEvent::Problem(problem) => ("problem".to_owned(), problem.message),
        };
        all.push((kind, more));
    }
    assert!(!open, "a file without an end");
    all.push(("text".to_owned(), text));
    all
}

/// A query over records, `{"params":{…},"records":[{…}]}`: its pages follow each other without gap or
/// repetition.
pub fn query(data: &[u8]) {
    let Ok(Value::Object(mut input)) = serde_json::from_slice(data) else { return };
    let call = json!({ "method": "data.query", "params": input.remove("params") });
    let Ok(call) = serde_json::from_value::<BridgeCall>(call) else { return };
    let asked = query_of(&call);
    let Some(Value::Array(data)) = input.remove("records") else { return };
    let records: Vec<Record> = (1..=MAX_LIMIT.into()).zip(data).map(|(number, data)| record(number, data)).collect();
    let Ok(plan) = asked.plan() else { return };
    let _ = plan.page(records.clone());

    let ids = |query: &Query| {
        let page = query.plan().expect("a cursor that we made").page(records.clone());
        (page.items.iter().map(|record| record.id).collect::<Vec<RecordId>>(), page.next_cursor)
    };
    let whole = Query { limit: Some(MAX_LIMIT), cursor: None, ..asked.clone() };
    let (all, none) = ids(&whole);
    assert_eq!(none, None);
    let mut joined = Vec::new();
    let mut cursor = None;
    loop {
        let (items, next) = ids(&Query { cursor, ..asked.clone() });
        joined.extend(items);
        assert!(joined.len() <= all.len(), "pages without end");
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(joined, all);
}

fn record(number: u128, data: Value) -> Record {
    let id = format!("{number:032x}").parse().expect("an id");
    let at = Timestamp::from_millisecond((number / 2) as i64).expect("a time");
    Record { id, data, revision: 1, created_at: at, updated_at: at }
}

/// An address that an app wants to fetch: one that is allowed is a plain web address of a name, and
/// is the same when it is read again.
pub fn outgoing(data: &[u8]) {
    let url = String::from_utf8_lossy(data).into_owned();
    let Ok(allowed) = (HttpFetch { url, ..HttpFetch::default() }).outgoing() else { return };
    let url = &allowed.url;
    assert!(matches!(url.scheme(), "http" | "https"));
    assert!(matches!(url.port_or_known_default(), Some(80 | 443)));
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    check_domain(&allowed.domain);
    assert_eq!(url.host_str(), Some(allowed.domain.as_str()));
    let again = HttpFetch { url: url.to_string(), ..HttpFetch::default() }.outgoing();
    assert_eq!(again.as_ref(), Ok(&allowed));
}

/// What an app declares: whatever is granted of it names plain domains, and its reasons show what they
/// hold.
pub fn permissions(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(domain) = Domain::parse(&text) {
        check_domain(&domain);
    }
    let Ok(files) = serde_json::from_value::<SourceTree>(json!({ (permission::FILE): text })) else { return };
    let Ok(declared) = permission::declared(&files) else { return };
    assert!(declared.permissions.domains.len() <= permission::MAX_DOMAINS);
    declared.permissions.domains.iter().for_each(check_domain);
    let reasons = [&declared.reasons.ai, &declared.reasons.http, &declared.reasons.shared_data];
    for reason in reasons.into_iter().flatten() {
        assert!((1..=permission::MAX_REASON_CHARS).contains(&reason.chars().count()));
        assert!(
            !reason
                .contains(|c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        );
    }
    let kept = serde_json::to_string(&declared).expect("JSON");
    assert_eq!(serde_json::from_str::<permission::Declared>(&kept).expect("what we wrote"), declared);
    assert!(declared.permissions.without(&declared.permissions).is_empty());
    assert_eq!(declared.permissions.and(&declared.permissions), declared.permissions);
}

/// Nothing in it can widen a policy or lead to a machine by its address.
fn check_domain(domain: &Domain) {
    let name = domain.as_str();
    assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.'), "{name}");
    assert!(name.contains('.') && !name.starts_with('.') && !name.ends_with('.'), "{name}");
    let read = url::Host::parse(name).expect("a name that browsers take");
    assert_eq!(read, url::Host::Domain(name.to_owned()));
    assert_eq!(Domain::parse(name).as_ref(), Ok(domain));
}

/// Gives each seed of a target to its function; how many there were.
///
/// # Errors
/// When the folder `fuzz/corpus/{target}` cannot be read.
pub fn replay(target: &str, check: fn(&[u8])) -> std::io::Result<usize> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut count = 0;
    for entry in std::fs::read_dir(folder)? {
        check(&std::fs::read(entry?.path())?);
        count += 1;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::{outgoing, permissions, query, replay, reply};

    #[test]
    fn every_seed_holds() -> std::io::Result<()> {
        for (target, check) in
            [("reply", reply as fn(&[u8])), ("query", query), ("outgoing", outgoing), ("permissions", permissions)]
        {
            let count = replay(target, check)?;
            assert!(count >= 3, "{target} has only {count} seeds");
        }
        Ok(())
    }
}
