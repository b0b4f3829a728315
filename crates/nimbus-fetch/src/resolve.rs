//! Names into addresses, through a check.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Whether an address may be connected to.
pub type Rule = fn(IpAddr) -> bool;

/// Asks for the addresses of a name. Port 0 stands for that of the request.
#[async_trait]
pub trait Lookup: fmt::Debug + Send + Sync {
    /// Every address of `name`, now.
    async fn addresses(&self, name: &str) -> io::Result<Vec<SocketAddr>>;
}

/// The resolver of the operating system.
#[derive(Debug)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn addresses(&self, name: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.collect())
    }
}

/// A name leads to this address, which may not be connected to.
#[derive(Debug, thiserror::Error)]
#[error("the address `{0}` is not a public one")]
pub struct Forbidden(pub IpAddr);

/// What the client resolves names through. It connects to the addresses that it gets from here and
/// asks for none a second time, so what is checked is what is connected to.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Who knows the addresses.
    pub lookup: Arc<dyn Lookup>,
    /// Which of them are allowed.
    pub rule: Rule,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let Self { lookup, rule } = self.clone();
        Box::pin(async move {
            let addresses = lookup.addresses(name.as_str()).await?;
            // One forbidden address is enough: the client would try them in turn.
            if let Some(forbidden) = addresses.iter().find(|address| !rule(address.ip())) {
                return Err(Forbidden(forbidden.ip()).into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
