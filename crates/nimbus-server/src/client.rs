//! The API from the other side, for the program's own commands: of a server elsewhere on this
//! machine, or of one in this process. Both answer the same requests.

use std::net::SocketAddr;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, Response, header},
};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tower::ServiceExt;

use crate::{router::router, state::ServerState};

/// The largest answer that is taken whole, in bytes: a page with every library inside.
const MAX_ANSWER: usize = 256 * 1024 * 1024;

/// Why a request was not answered as hoped.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server's own words, and what to do about it.
    #[error("{0}")]
    Refused(String),
    /// There is no server, or it went away.
    #[error("the server at {0} does not answer")]
    Silent(SocketAddr),
    /// The answer ended early, or is no answer of ours.
    #[error("the server's answer cannot be read: {0}")]
    Unreadable(String),
}

/// Sends requests with the owner's token.
#[derive(Clone)]
pub struct Client {
    place: Place,
    token: String,
    port: u16,
}

#[derive(Clone)]
enum Place {
    Inside(Router),
    At(SocketAddr),
}

impl Client {
    /// A client of a server that is not served, in this process.
    #[must_use]
    pub fn inside(state: ServerState, token: String) -> Self {
        let port = state.parts.config.port;
        Self { place: Place::Inside(router(state)), token, port }
    }

    /// A client of a server on this machine.
    #[must_use]
    pub fn at(address: SocketAddr, token: String) -> Self {
        Self { place: Place::At(address), token, port: address.port() }
    }

    /// Reads something whole.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn get(&self, path: &str) -> Result<Vec<u8>, ClientError> {
        whole(self.send(Method::GET, path, "", Vec::new()).await?).await
    }

    /// Sends something, and reads the answer whole.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn post(&self, path: &str, content_type: &str, body: Vec<u8>) -> Result<Vec<u8>, ClientError> {
        whole(self.send(Method::POST, path, content_type, body).await?).await
    }

    /// Sends something, and reads the answer as it comes.
    ///
    /// # Errors
    /// [`ClientError`], here and in the stream.
    pub async fn post_streaming(
        &self,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<impl Stream<Item = Result<Bytes, ClientError>> + Unpin + use<>, ClientError> {
        let answer = self.send(Method::POST, path, content_type, body).await?;
        Ok(answer.into_body().into_data_stream().map(|bytes| bytes.map_err(unreadable)))
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Response<Body>, ClientError> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, format!("localhost:{}", self.port))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        if !content_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, content_type).header(header::CONTENT_LENGTH, body.len());
        }
        let request = request.body(Body::from(body)).map_err(|error| ClientError::Unreadable(error.to_string()))?;
        let answer = match &self.place {
            Place::Inside(router) => match router.clone().oneshot(request).await {
                Ok(answer) => answer,
                Err(never) => match never {},
            },
            Place::At(address) => {
                let silent = |_| ClientError::Silent(*address);
                let stream = TcpStream::connect(address).await.map_err(|_| ClientError::Silent(*address))?;
                let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(silent)?;
                // Ends with the answer; what goes wrong with it the answer tells.
                tokio::spawn(connection);
                sender.send_request(request).await.map_err(silent)?.map(Body::new)
            }
        };
        if answer.status().is_success() { Ok(answer) } else { Err(refusal(answer).await) }
    }
}

async fn whole(answer: Response<Body>) -> Result<Vec<u8>, ClientError> {
    Ok(to_bytes(answer.into_body(), MAX_ANSWER).await.map_err(unreadable)?.to_vec())
}

/// The words of an answer that refuses.
async fn refusal(answer: Response<Body>) -> ClientError {
    let status = answer.status();
    let bytes = whole(answer).await.unwrap_or_default();
    let error: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let part = |name: &str| error["error"][name].as_str();
    let message = part("message").map_or_else(|| format!("the server answered {status}"), str::to_owned);
    let hint = part("hint").map(|hint| format!("; {hint}")).unwrap_or_default();
    ClientError::Refused(format!("{message}{hint}"))
}

fn unreadable(error: axum::Error) -> ClientError {
    ClientError::Unreadable(error.to_string())
}
