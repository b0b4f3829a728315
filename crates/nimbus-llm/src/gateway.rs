//! Inside a container `localhost` is the container. An Ollama on the machine that runs it is
//! reached by the host's gateway.

use std::{fs, net::Ipv4Addr, path::Path};

use reqwest::Url;

/// Files by which Docker and Podman mark a container.
const MARKS: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];
/// The names that Docker and Podman give the host.
const NAMES: [&str; 2] = ["host.docker.internal", "host.containers.internal"];

/// Where else an Ollama may be that is configured at `url`: nowhere, unless this is a container and
/// `url` is an address of its own.
pub(crate) fn gateways(url: &str) -> Vec<String> {
    if !MARKS.iter().any(|mark| Path::new(mark).exists()) {
        return Vec::new();
    }
    let routes = fs::read_to_string("/proc/net/route").unwrap_or_default();
    at_gateways(url, default_route(&routes))
}

fn at_gateways(url: &str, route: Option<Ipv4Addr>) -> Vec<String> {
    let Ok(url) = Url::parse(url) else { return Vec::new() };
    if !matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) {
        return Vec::new();
    }
    let hosts = NAMES.iter().map(|name| (*name).to_owned()).chain(route.map(|route| route.to_string()));
    let moved = |host: String| {
        let mut url = url.clone();
        url.set_host(Some(&host)).ok()?;
        Some(url.to_string())
    };
    hosts.filter_map(moved).collect()
}

/// The gateway of the default route in Linux's table, where addresses are hexadecimal and their
/// bytes reversed.
fn default_route(routes: &str) -> Option<Ipv4Addr> {
    routes.lines().skip(1).find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let (destination, gateway) = (fields.next()?, fields.next()?);
        let gateway = u32::from_str_radix(gateway, 16).ok()?;
        (destination == "00000000" && gateway != 0).then(|| Ipv4Addr::from(gateway.to_le_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::{at_gateways, default_route};

    const ROUTES: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n\
                          eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\n\
                          eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\n";

    #[test]
    fn reads_the_default_route() {
        assert_eq!(default_route(ROUTES), Some(Ipv4Addr::new(172, 17, 0, 1)));
        assert_eq!(default_route(""), None);
    }

    #[test]
    fn only_an_own_address_has_gateways() {
        assert_eq!(
            at_gateways("http://localhost:11434", default_route(ROUTES)),
            [
                "http://host.docker.internal:11434/",
                "http://host.containers.internal:11434/",
                "http://172.17.0.1:11434/"
            ]
        );
        assert!(at_gateways("http://ollama:11434", None).is_empty());
    }
}
