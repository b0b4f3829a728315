//! Where a provider is, and whether that is on this machine or network.

use std::net::IpAddr;

use nimbus_core::model::{ModelError, ModelErrorKind};
use reqwest::Url;

/// A provider's base address.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    base: Url,
    shown: String,
    local: bool,
}

impl Address {
    /// Reads a base address, such as `http://localhost:11434` or `https://openrouter.ai/api/v1`.
    ///
    /// # Errors
    /// `NotConfigured` naming `variable` when it is no `http` or `https` address.
    pub(crate) fn parse(text: &str, variable: &str) -> Result<Self, ModelError> {
        let base = Url::parse(text.trim()).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https") && url.host_str().is_some() && url.query().is_none()
        });
        let Some(base) = base else {
            // The text itself may hold a password, so it is not repeated.
            return Err(ModelError::new(ModelErrorKind::NotConfigured, format!("`{variable}` is not a web address"))
                .with_hint(format!("give `{variable}` an address such as `http://localhost:11434`")));
        };
        let local = base.host_str().is_some_and(is_local);
        let mut shown = base.clone();
        // Neither can fail: the address has a host.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        shown.set_fragment(None);
        let shown = shown.as_str().trim_end_matches('/').to_owned();
        Ok(Self { base, shown, local })
    }

    /// The address of `path`, which begins with `/`.
    pub(crate) fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let path = format!("{}{path}", self.base.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }

    /// For people: without credentials.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Whether what is sent there stays on this machine or network.
    pub(crate) fn is_local(&self) -> bool {
        self.local
    }

    /// Whether it is OpenRouter itself.
    pub(crate) fn is_openrouter(&self) -> bool {
        self.base.host_str().is_some_and(|host| host == "openrouter.ai" || host.ends_with(".openrouter.ai"))
    }
}

/// A name without a dot is one of this network (a container, a machine); the listed suffixes are
/// reserved for such names.
fn is_local(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified(),
        Ok(IpAddr::V6(ip)) => {
            ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_unspecified()
        }
        Err(_) => {
            !host.contains('.')
                || [".localhost", ".local", ".internal", ".lan", ".home.arpa"]
                    .iter()
                    .any(|suffix| host.ends_with(suffix))
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::{Address, is_local};

    #[test]
    fn tells_this_network_from_the_rest() {
        for host in ["localhost", "127.0.0.1", "[::1]", "192.168.1.20", "ollama", "host.docker.internal", "nas.local"] {
            assert!(is_local(host), "{host}");
        }
        for host in ["openrouter.ai", "8.8.8.8", "[2606:4700::1]", "local.example.com"] {
            assert!(!is_local(host), "{host}");
        }
    }

    #[test]
    fn shows_no_password_and_joins_paths() {
        let address = Address::parse("http://me:pw@localhost:11434/ollama/", "OLLAMA_API_URL").unwrap();
        assert_eq!(address.shown(), "http://localhost:11434/ollama");
        assert_eq!(address.at("/api/chat").path(), "/ollama/api/chat");
    }

    #[test]
    fn refuses_what_is_no_web_address_without_repeating_it() {
        for text in ["", "localhost:11434", "ftp://me:pw@host/", "http://"] {
            let error = Address::parse(text, "OLLAMA_API_URL").unwrap_err();
            assert_eq!(error.message, "`OLLAMA_API_URL` is not a web address");
        }
    }
}
