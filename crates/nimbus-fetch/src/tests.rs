#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use nimbus_core::{
    outgoing::{Fetched, HttpFetch, MAX_RESPONSE_BYTES},
    ports::{Fetch, FetchError},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{Web, address::is_public, resolve::Lookup};

/// Answers with each list once, the last one for ever.
#[derive(Debug)]
struct Answers(Mutex<VecDeque<Vec<SocketAddr>>>);

#[async_trait]
impl Lookup for Answers {
    async fn addresses(&self, _: &str) -> io::Result<Vec<SocketAddr>> {
        let mut answers = self.0.lock().unwrap();
        let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        next.ok_or_else(|| io::Error::other("there is no such name"))
    }
}

fn lookup(answers: &[&[SocketAddr]]) -> Arc<dyn Lookup> {
    Arc::new(Answers(Mutex::new(answers.iter().map(|answer| answer.to_vec()).collect())))
}

/// Stands for the public internet in these tests, which have only this machine.
fn is_ours(address: IpAddr) -> bool {
    address == IpAddr::from([127, 0, 0, 1])
}

/// A server that gives each connection the same answer, and what it was asked.
async fn server(answer: &'static [u8], repeated: usize) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
                    break;
                }
            }
            seen.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
            for _ in 0..repeated {
                if stream.write_all(answer).await.is_err() {
                    break;
                }
            }
        }
    });
    (address, asked)
}

async fn get(web: &Web, url: &str) -> Result<Fetched, FetchError> {
    let request = HttpFetch { url: url.to_owned(), ..HttpFetch::default() };
    web.fetch(&request.outgoing().unwrap()).await
}

#[tokio::test]
async fn a_request_arrives_with_the_apps_headers_and_no_others() {
    let (address, asked) = server(b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\nset-cookie: a=b\r\nx-one: 1\r\nx-one: 2\r\netag: \"e\"\r\nserver: s\r\nconnection: close\r\n\r\nhi", 1).await;
    let web = Web::with(lookup(&[&[address]]), is_ours).unwrap();
    let request = HttpFetch {
        url: "http://api.example.org/a?b=c#d".to_owned(),
        method: Some("POST".to_owned()),
        headers: BTreeMap::from([("Authorization".to_owned(), "Bearer x".to_owned())]),
        body: Some("{}".to_owned()),
    };
    let fetched = web.fetch(&request.outgoing().unwrap()).await.unwrap();
    let headers = BTreeMap::from([("etag", "\"e\""), ("x-one", "1, 2")].map(|(k, v)| (k.to_owned(), v.to_owned())));
    assert_eq!(fetched, Fetched { status: 201, headers, body: "hi".to_owned(), base64: false, truncated: false });

    let asked = asked.lock().unwrap()[0].to_lowercase();
    let mut lines: Vec<&str> = asked.split("\r\n\r\n").next().unwrap().lines().collect();
    lines.sort_unstable();
    let agent = concat!("user-agent: cumulonimbus/", env!("CARGO_PKG_VERSION"));
    let expected = ["accept-encoding: identity", "accept: */*", "authorization: bearer x", "content-length: 2"];
    assert_eq!(lines[..4], expected);
    assert_eq!(lines[4..], ["host: api.example.org", "post /a?b=c http/1.1", agent]);
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused() {
    let (address, asked) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret", 1).await;
    let public: SocketAddr = ([1, 1, 1, 1], 80).into();
    let inside = [
        "127.0.0.1:80",
        "10.0.0.1:80",
        "169.254.169.254:80",
        "100.64.0.1:80",
        "224.0.0.1:80",
        "0.0.0.0:80",
        "[::1]:80",
        "[::ffff:127.0.0.1]:80",
        "[64:ff9b::7f00:1]:80",
        "[2002:7f00:1::]:80",
        "[fd00::1]:80",
    ];
    for inside in inside.map(|text| text.parse::<SocketAddr>().unwrap()).into_iter().chain([address]) {
        for answer in [vec![inside], vec![public, inside], vec![inside, public]] {
            let web = Web::with(lookup(&[&answer]), is_public).unwrap();
            let result = get(&web, "http://api.example.org/").await;
            assert_eq!(result, Err(FetchError::ForbiddenAddress("api.example.org".to_owned())), "{answer:?}");
        }
    }
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_name_that_changes_what_it_means_is_checked_each_time() {
    let (address, asked) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", 1).await;
    let inside: SocketAddr = ([127, 0, 0, 2], address.port()).into();
    let web = Web::with(lookup(&[&[address], &[inside]]), is_ours).unwrap();
    // The first answer is allowed, every later one is not; no connection of the first is kept.
    assert_eq!(get(&web, "http://api.example.org/").await.unwrap().body, "hi");
    for _ in 0..2 {
        let again = get(&web, "http://api.example.org/").await;
        assert_eq!(again, Err(FetchError::ForbiddenAddress("api.example.org".to_owned())));
    }
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn redirects_come_back_as_they_are() {
    let (address, asked) = server(
        b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        1,
    )
    .await;
    let web = Web::with(lookup(&[&[address]]), is_ours).unwrap();
    let fetched = get(&web, "http://api.example.org/").await.unwrap();
    // The app may read where it leads, and has to ask for that address like for any other.
    let location = fetched.headers.get("location").map(String::as_str);
    assert_eq!((fetched.status, location), (302, Some("http://169.254.169.254/")));
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn bytes_that_are_no_text_come_in_base64() {
    let (address, _) =
        server(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\n\xff\x00\x01", 1).await;
    let web = Web::with(lookup(&[&[address]]), is_ours).unwrap();
    let fetched = get(&web, "http://api.example.org/").await.unwrap();
    assert_eq!((fetched.body.as_str(), fetched.base64), ("/wAB", true));
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_cut_off() {
    // A body without a length that ends only when the connection does.
    let (address, _) =
        server(b"HTTP/1.1 200 OK\r\n\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", MAX_RESPONSE_BYTES / 16).await;
    let web = Web::with(lookup(&[&[address]]), is_ours).unwrap();
    let result = get(&web, "http://api.example.org/").await;
    assert_eq!(result, Err(FetchError::TooLarge("api.example.org".to_owned())));
}

#[tokio::test]
async fn a_packed_answer_is_not_unpacked() {
    let (address, _) =
        server(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x8b\x08\x00", 1).await;
    let web = Web::with(lookup(&[&[address]]), is_ours).unwrap();
    let result = get(&web, "http://api.example.org/").await;
    assert_eq!(result, Err(FetchError::Encoded("api.example.org".to_owned())));
}

#[tokio::test]
async fn what_fails_says_nothing_about_this_network() {
    let closed: SocketAddr = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for answers in [&[&[closed] as &[SocketAddr]] as &[&[SocketAddr]], &[]] {
        let web = Web::with(lookup(answers), is_ours).unwrap();
        let error = get(&web, "http://api.example.org/").await.unwrap_err();
        assert_eq!(error.to_string(), "`api.example.org` cannot be reached");
    }
}

#[tokio::test(start_paused = true)]
async fn who_does_not_answer_is_not_waited_for_long() {
    // It takes connections, but nobody reads them.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let web = Web::with(lookup(&[&[silent.local_addr().unwrap()]]), is_ours).unwrap();
    let late = get(&web, "http://api.example.org/").await;
    assert_eq!(late, Err(FetchError::Timeout("api.example.org".to_owned())));
}

#[test]
fn a_machine_without_certificates_still_has_a_client() {
    let roots = crate::mozilla_roots().unwrap();
    assert!(reqwest::Client::builder().tls_backend_preconfigured(roots).build().is_ok());
}
