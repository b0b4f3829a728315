//! Where commands send their requests: to the server that uses the data directory, or to one in this
//! process. So a command does the same whether a server runs or not.

use anyhow::{Context, Result, bail};
use nimbus_core::generate::jobs::Jobs;
use nimbus_server::client::Client;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    data_dir::DataDir,
    serve::{Wired, wire},
};

/// A way to the API.
pub struct Reach {
    /// What sends.
    pub client: Client,
    own: Option<Own>,
}

/// What runs in this process; the directory is ours while this lives.
struct Own {
    jobs: Jobs,
    stop: CancellationToken,
    _data: DataDir,
}

impl Reach {
    /// Finds the server that uses the data directory, or opens the directory.
    ///
    /// # Errors
    /// One sentence when neither is possible.
    pub async fn open(config: &Config) -> Result<Self> {
        if let Some(data) = DataDir::open_unless_used(&config.data_dir)? {
            let stop = CancellationToken::new();
            let Wired { state, jobs, token, .. } = wire(config, &data, config.bind.port(), stop.clone()).await?;
            return Ok(Self { client: Client::inside(state, token), own: Some(Own { jobs, stop, _data: data }) });
        }
        let (address, kept) = DataDir::of_running(&config.data_dir);
        let Some(address) = address else {
            let shown = config.data_dir.display();
            bail!(
                "another Cumulonimbus is using the data directory `{shown}`, and it is no server; wait until it is done"
            );
        };
        let token = config.token.clone().or(kept).with_context(|| {
            format!("the server at {address} has a token of its own; set CUMULONIMBUS_TOKEN as it was set there")
        })?;
        Ok(Self { client: Client::at(address, token), own: None })
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// One sentence when it cannot be had.
    pub async fn get_json(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_slice(&self.client.get(path).await?)?)
    }

    /// Ends what runs in this process.
    pub async fn close(self) {
        if let Some(Own { jobs, stop, .. }) = self.own {
            jobs.shut_down().await;
            stop.cancel();
        }
    }
}
