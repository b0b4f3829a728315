//! Where a provider is, and whether that is on this machine or network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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
    /// `NotConfigured` naming `variable` when it is no `http` or `https` address, or one of a cloud's
    /// metadata.
    pub(crate) fn parse(text: &str, variable: &str) -> Result<Self, ModelError> {
        let base = Url::parse(text.trim()).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https") && url.host_str().is_some() && url.query().is_none()
        });
        let Some(base) = base else {
            // The text itself may hold a password, so it is not repeated.
            return Err(ModelError::new(ModelErrorKind::NotConfigured, format!("`{variable}` is not a web address"))
                .with_hint(format!("give `{variable}` an address such as `http://localhost:11434`")));
        };
        if base.host_str().is_some_and(is_forbidden) {
            return Err(ModelError::new(
                ModelErrorKind::NotConfigured,
                format!("`{variable}` names a link-local or metadata address, where no model is but a cloud's secrets may be"),
            )
            .with_hint(format!("give `{variable}` the address of a model's server, such as `http://localhost:11434`")));
        }
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

/// The names under which clouds offer a machine its own credentials.
const METADATA_NAMES: [&str; 4] = ["metadata.google.internal", "metadata.goog", "metadata", "instance-data"];
/// Addresses of the same that are not link-local.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
const METADATA_V4: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);

/// Whether no model can be there, but what a machine in a cloud knows of itself. Other spellings of
/// the same address (decimal, hexadecimal) are one to the parser of addresses.
fn is_forbidden(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    let v4 = |ip: Ipv4Addr| ip.is_link_local() || ip == METADATA_V4;
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => v4(ip),
        Ok(IpAddr::V6(ip)) => ip.is_unicast_link_local() || ip == METADATA_V6 || ip.to_ipv4().is_some_and(v4),
        Err(_) => METADATA_NAMES.iter().any(|name| host.eq_ignore_ascii_case(name)),
    }
}

/// A name without a dot is one of this network (a container, a machine); the listed suffixes are
/// reserved for such names.
fn is_local(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_unspecified(),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local() || ip.is_unspecified(),
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

    #[test]
    fn refuses_the_addresses_of_a_clouds_metadata_in_every_spelling() {
        for host in [
            "169.254.169.254",
            "169.254.1.1",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "[::ffff:169.254.169.254]",
            "metadata.google.internal",
            "METADATA.google.internal.",
            "100.100.100.200",
        ] {
            for url in [format!("http://{host}/"), format!("http://{host}:11434/v1")] {
                let error = Address::parse(&url, "OLLAMA_API_URL").unwrap_err();
                assert!(error.message.contains("metadata address"), "{url}: {error}");
            }
        }
        for host in ["169.253.1.1", "[fd00:ec2::255]", "metadata.example.com", "192.168.169.254"] {
            assert!(Address::parse(&format!("http://{host}/"), "OLLAMA_API_URL").is_ok(), "{host}");
        }
    }
}
