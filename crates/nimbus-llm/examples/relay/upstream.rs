//! A model's server that writes at a steady pace and says in each chunk when it was sent.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, sleep_until},
};

/// Marks the time in a chunk, in microseconds since 1970.
pub const MARK: &str = "//@";

/// Microseconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as u64)
}

/// Serves until it is killed. The path says how many chunks a second, and how many in all.
pub async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    while let Ok((socket, _)) = listener.accept().await {
        tokio::spawn(answer(socket));
    }
}

async fn answer(mut socket: TcpStream) -> Option<()> {
    socket.set_nodelay(true).ok()?;
    let mut request = Vec::new();
    let head = loop {
        if let Some(at) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        (socket.read_buf(&mut request).await.ok()? > 0).then_some(())?;
    };
    let text = String::from_utf8_lossy(&request[..head]).to_lowercase();
    let length: usize = text.split_once("content-length: ")?.1.lines().next()?.trim().parse().ok()?;
    while request.len() < head + length {
        (socket.read_buf(&mut request).await.ok()? > 0).then_some(())?;
    }
    let mut path = text.split(' ').nth(1)?.trim_start_matches('/').split('/');
    let (rate, chunks): (u64, u64) = (path.next()?.parse().ok()?, path.next()?.parse().ok()?);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    socket.write_all(head.as_bytes()).await.ok()?;
    send(&mut socket, "<file path=\\\"src/App.tsx\\\">\\n", "null").await?;
    // The streams do not all beat at the same moment.
    let begin = Instant::now() + Duration::from_micros(now() * 7_919 % (1_000_000 / rate));
    for chunk in 0..chunks {
        sleep_until(begin + Duration::from_micros(chunk * 1_000_000 / rate)).await;
        send(&mut socket, &format!("{MARK}{}\\n", now()), "null").await?;
    }
    send(&mut socket, "</file>\\n", "\"stop\"").await?;
    socket.write_all(b"data: [DONE]\n\n").await.ok()
}

async fn send(socket: &mut TcpStream, content: &str, finish: &str) -> Option<()> {
    let event = format!(
        "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{content}\"}},\"finish_reason\":{finish}}}]}}\n\n"
    );
    socket.write_all(event.as_bytes()).await.ok()
}
