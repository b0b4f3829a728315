//! A local server that plays transcripts: what it answers, how the bytes are cut into pieces, and
//! how the connection ends.

use std::{
    collections::{HashMap, VecDeque},
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As HTTP has it.
    Whole,
    /// The connection is closed in the middle.
    Closed,
    /// The connection is reset in the middle.
    Reset,
    /// Nothing more comes.
    Silence,
    /// A space every 20 ms, for ever.
    Trickle,
    /// The last piece again every 2 ms, for ever.
    Endless,
    /// Not even the head comes to an end: a byte of it every 20 ms, for ever.
    SlowHead,
    /// The pieces are sent as they are, without HTTP, and the connection is closed.
    Raw,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    pieces: Vec<Vec<u8>>,
    end: End,
}

impl Answer {
    /// A stream of that content type.
    pub fn stream(kind: &'static str, body: &str) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type", kind.to_owned())],
            pieces: vec![body.as_bytes().to_vec()],
            end: End::Whole,
        }
    }

    pub fn ndjson(body: &str) -> Self {
        Self::stream("application/x-ndjson", body)
    }

    pub fn sse(body: &str) -> Self {
        Self::stream("text/event-stream", body)
    }

    pub fn json(status: u16, body: &str) -> Self {
        Self { status, ..Self::stream("application/json", body) }
    }

    pub fn html() -> Self {
        Self::stream("text/html", "<!doctype html><title>Router login</title>")
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The same bytes in pieces of `size`.
    pub fn in_pieces(mut self, size: usize) -> Self {
        let bytes = self.pieces.concat();
        self.pieces = bytes.chunks(size).map(<[u8]>::to_vec).collect();
        self
    }

    /// The same bytes in two pieces.
    pub fn split_at(mut self, at: usize) -> Self {
        let bytes = self.pieces.concat();
        let (before, after) = bytes.split_at(at);
        self.pieces = [before, after].into_iter().filter(|piece| !piece.is_empty()).map(<[u8]>::to_vec).collect();
        self
    }

    pub fn raw_body(kind: &'static str, body: &[u8]) -> Self {
        Self { pieces: vec![body.to_vec()], ..Self::stream(kind, "") }
    }

    /// These bytes instead of an answer.
    pub fn raw(bytes: &[u8]) -> Self {
        let pieces = if bytes.is_empty() { Vec::new() } else { vec![bytes.to_vec()] };
        Self { status: 0, headers: Vec::new(), pieces, end: End::Raw }
    }

    pub fn ending(mut self, end: End) -> Self {
        self.end = end;
        self
    }
}

/// What was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub route: String,
    pub authorization: Option<String>,
    pub body: Value,
}

#[derive(Default)]
struct Shared {
    /// By route, such as `POST /api/chat`; the last answer of a route is given again and again.
    answers: Mutex<HashMap<String, VecDeque<Answer>>>,
    asked: Mutex<Vec<Asked>>,
    /// How many pieces of endless answers were sent.
    sent: AtomicUsize,
}

/// The server; it stops when dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    asked: watch::Receiver<usize>,
    left: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let (tell_asked, asked) = watch::channel(0);
        let (tell_left, left) = watch::channel(0);
        let serving = shared.clone();
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, serving.clone(), tell_asked.clone(), tell_left.clone()));
            }
        });
        Ok(Self { address, shared, asked, left, task })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers `route` with this, after the answers it was given before.
    pub fn on(&self, route: &str, answer: Answer) -> &Self {
        lock(&self.shared.answers).entry(route.to_owned()).or_default().push_back(answer);
        self
    }

    /// The requests to `route`, in order.
    pub fn asked(&self, route: &str) -> Vec<Asked> {
        lock(&self.shared.asked).iter().filter(|asked| asked.route == route).cloned().collect()
    }

    /// Every route that was asked, in order.
    pub fn routes(&self) -> Vec<String> {
        lock(&self.shared.asked).iter().map(|asked| asked.route.clone()).collect()
    }

    /// How many pieces of endless answers were sent so far.
    pub fn sent(&self) -> usize {
        self.shared.sent.load(Ordering::SeqCst)
    }

    /// Waits until `count` requests came.
    pub async fn until_asked(&self, count: usize) -> bool {
        reaches(self.asked.clone(), count).await
    }

    /// Waits until so many clients left in the middle of an answer.
    pub async fn until_left(&self, count: usize) -> bool {
        reaches(self.left.clone(), count).await
    }
}

async fn reaches(mut watched: watch::Receiver<usize>, count: usize) -> bool {
    let wait = watched.wait_for(|seen| *seen >= count);
    matches!(tokio::time::timeout(Duration::from_secs(10), wait).await, Ok(Ok(_)))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An address where nothing listens.
pub async fn closed_port() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    Ok(format!("http://{}", listener.local_addr()?))
}

async fn serve(
    mut socket: TcpStream,
    shared: Arc<Shared>,
    tell_asked: watch::Sender<usize>,
    tell_left: watch::Sender<usize>,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    while let Some(asked) = read_request(&mut socket, &mut buffer).await? {
        let answer = {
            let mut answers = lock(&shared.answers);
            let queue = answers.get_mut(&asked.route);
            queue.and_then(|queue| if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() })
        };
        lock(&shared.asked).push(asked);
        tell_asked.send_modify(|count| *count += 1);
        let answer = answer.unwrap_or_else(|| Answer::json(404, "404 page not found"));
        let mut head = format!("HTTP/1.1 {} Answer\r\ntransfer-encoding: chunked\r\n", answer.status);
        for (name, value) in &answer.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        match answer.end {
            End::Raw => {
                socket.write_all(&answer.pieces.concat()).await?;
                return Ok(());
            }
            End::SlowHead => {
                socket.write_all(b"HTTP/1.1 200 OK\r\nx-slow: ").await?;
                let mut beat = tokio::time::interval(Duration::from_millis(20));
                loop {
                    beat.tick().await;
                    if socket.write_all(b"x").await.is_err() {
                        tell_left.send_modify(|count| *count += 1);
                        return Ok(());
                    }
                }
            }
            _ => {}
        }
        // Silence without any piece is a server that does not even send its headers.
        if !(answer.pieces.is_empty() && answer.end == End::Silence) {
            socket.write_all(head.as_bytes()).await?;
        }
        for piece in &answer.pieces {
            send_piece(&mut socket, piece).await?;
        }
        match answer.end {
            End::Whole => socket.write_all(b"0\r\n\r\n").await?,
            End::Closed => return Ok(()),
            End::Reset => {
                socket.set_zero_linger()?;
                return Ok(());
            }
            End::Endless => {
                let piece = answer.pieces.last().cloned().unwrap_or_default();
                let mut beat = tokio::time::interval(Duration::from_millis(2));
                loop {
                    beat.tick().await;
                    if send_piece(&mut socket, &piece).await.is_err() {
                        tell_left.send_modify(|count| *count += 1);
                        return Ok(());
                    }
                    shared.sent.fetch_add(1, Ordering::SeqCst);
                }
            }
            End::Raw | End::SlowHead => return Ok(()),
            End::Silence => {
                while socket.read(&mut [0; 64]).await.is_ok_and(|read| read > 0) {}
                tell_left.send_modify(|count| *count += 1);
                return Ok(());
            }
            End::Trickle => {
                let mut beat = tokio::time::interval(Duration::from_millis(20));
                loop {
                    beat.tick().await;
                    if send_piece(&mut socket, b" ").await.is_err() {
                        tell_left.send_modify(|count| *count += 1);
                        return Ok(());
                    }
                }
            }
        }
    }
    Ok(())
}

async fn send_piece(socket: &mut TcpStream, piece: &[u8]) -> io::Result<()> {
    let mut chunk = format!("{:x}\r\n", piece.len()).into_bytes();
    chunk.extend_from_slice(piece);
    chunk.extend_from_slice(b"\r\n");
    socket.write_all(&chunk).await?;
    socket.flush().await
}

async fn read_request(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Asked>> {
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if socket.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&buffer[..head_end]).into_owned();
    let mut lines = head.lines();
    let route = lines.next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
    let header = |name: &str| {
        let mut found = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        found.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let length: usize = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while buffer.len() < head_end + length {
        if socket.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
    let body = serde_json::from_slice(&buffer[head_end..head_end + length]).unwrap_or(Value::Null);
    buffer.drain(..head_end + length);
    Ok(Some(Asked { route, authorization: header("authorization"), body }))
}
