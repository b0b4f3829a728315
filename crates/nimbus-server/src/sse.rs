//! A generation's journal as server-sent events (WHATWG HTML section 9.2).

use std::{pin::pin, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use nimbus_core::{events::JournalEntry, ports::StoreError};
use serde::Serialize;
use tokio::time::{Instant, interval_at};

/// How often a comment is sent, so that proxies and browsers see that the stream lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Streams journal entries. Dropping the response (the client went away) drops only the follower:
/// the generation goes on. Nothing is buffered beyond the frame being sent, so a slow client slows
/// only itself.
pub(crate) fn stream(entries: impl Stream<Item = Result<JournalEntry, StoreError>> + Send + 'static) -> Response {
    send(async_stream::stream! {
        let mut entries = pin!(entries);
        while let Some(entry) = entries.next().await {
            match entry {
                Ok(entry) => yield frame(&entry),
                // The stream ends without its last event: the client resumes from where it is.
                Err(error) => {
                    tracing::error!(%error, "a journal could not be read");
                    break;
                }
            }
        }
    })
}

/// Streams frames, with a comment whenever nothing was sent for a while.
pub(crate) fn send(frames: impl Stream<Item = String> + Send + 'static) -> Response {
    let beating = async_stream::stream! {
        let mut frames = pin!(frames);
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        loop {
            let frame = tokio::select! {
                frame = frames.next() => match frame {
                    Some(frame) => frame,
                    None => break,
                },
                _ = heartbeat.tick() => ": still here\n\n".to_owned(),
            };
            yield Ok::<_, std::convert::Infallible>(Bytes::from(frame));
        }
    };
    let mut response = Body::from_stream(beating).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Asks nginx and its like not to gather the stream.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// One event without a number. JSON has no line breaks of its own.
pub(crate) fn message(event: &impl Serialize) -> String {
    let json = serde_json::to_string(event).unwrap_or_default();
    format!("event: message\ndata: {json}\n\n")
}

/// After which event a client wants to go on: `Last-Event-ID`, else `?after=`, else the start.
/// None when the header is not a number.
pub(crate) fn resume_after(headers: &HeaderMap, after: Option<u64>) -> Option<u64> {
    match headers.get("last-event-id") {
        Some(value) if !value.is_empty() => value.to_str().ok()?.trim().parse().ok(),
        _ => Some(after.unwrap_or(0)),
    }
}

/// One event. The JSON is on one line already; should it ever not be, no line of it can begin a
/// field of its own.
fn frame(entry: &JournalEntry) -> String {
    let mut frame = format!("id: {}\nevent: message\n", entry.seq);
    for line in entry.json.split(['\n', '\r']) {
        frame.push_str("data: ");
        frame.push_str(line);
        frame.push('\n');
    }
    frame.push('\n');
    frame
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use futures::{StreamExt, stream::pending};
    use nimbus_core::events::JournalEntry;

    use super::{frame, stream};

    #[test]
    fn content_cannot_begin_a_field() {
        let json = "{\"content\":\"x\n\nevent: complete\r\ndata: y\"}".to_owned();
        let text = frame(&JournalEntry { seq: 7, json, last: false });
        let fields: Vec<&str> = text.lines().filter(|line| !line.starts_with("data: ")).collect();
        assert_eq!(fields, ["id: 7", "event: message", ""]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_stream_shows_that_it_lives() {
        let body: Body = stream(pending()).into_body();
        let started = tokio::time::Instant::now();
        let first = body.into_data_stream().next().await;
        assert_eq!(first.and_then(Result::ok).as_deref(), Some(b": still here\n\n".as_slice()));
        assert_eq!(started.elapsed().as_secs(), 15);
    }
}
