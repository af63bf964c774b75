//! Where a request is from and how it reached us. Forwarding headers count only when the peer is a
//! proxy that the configuration names; from anyone else they are ignored.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{HOST, HeaderValue, ORIGIN};
use actix_web::web::Data;
use ipnet::IpNet;

use super::doors::own_door;
use crate::base::app::App;
use crate::base::config::Network;

/// The address of whoever asks.
#[must_use]
pub fn client(request: &HttpRequest) -> IpAddr {
    let peer = peer(request);
    // Several lines are one list (RFC 9110, 5.3): a proxy may add its own below what the client claimed.
    let lines = request.headers().get_all("x-forwarded-for").filter_map(|line| line.to_str().ok());
    behind_proxies(peer, &lines.collect::<Vec<_>>().join(","), trusted(request))
}

/// What counts as one address for limits: all of IPv4's, and the /64 that an IPv6 household is given.
#[must_use]
pub fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        },
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// An address as it may be kept: the /24 of IPv4, the /48 of IPv6, which many people share.
#[must_use]
pub fn shortened(address: IpAddr) -> String {
    let address = address.to_canonical();
    let length = if address.is_ipv4() { 24 } else { 48 };
    IpNet::new(address, length).map_or_else(|_| String::new(), |network| network.trunc().to_string())
}

/// Scheme, host and port under which readers reach us: the configured `public_url`, else what the
/// request says.
#[must_use]
pub fn base_url(request: &HttpRequest) -> String {
    let app = request.app_data::<Data<App>>();
    if let Some(url) = app.and_then(|app| app.config.server.public_url.0.clone()) {
        return url;
    }
    let own = own_url(request);
    let Some(doors) = own_door(request) else { return own };
    // Readers come in by the other listener of the same host.
    let at_port = url::Url::parse(&own).ok().and_then(|mut url| {
        url.set_port(Some(doors.public.port())).ok()?;
        Some(url.origin().ascii_serialization())
    });
    at_port.unwrap_or(own)
}

/// Scheme, host and port as the request says them.
fn own_url(request: &HttpRequest) -> String {
    let host = header(request, HOST.as_str()).or_else(|| request.uri().authority().map(ToString::to_string));
    format!(
        "{}://{}",
        if is_secure(request) { "https" } else { "http" },
        host.unwrap_or_else(|| "localhost".into())
    )
}

/// Under which address a browser has the dashboard: for links to it.
#[must_use]
pub fn dashboard_url(request: &HttpRequest) -> String {
    if own_door(request).is_some() { own_url(request) } else { base_url(request) }
}

/// Whether the browser's side of the connection is encrypted.
#[must_use]
pub fn is_secure(request: &HttpRequest) -> bool {
    let app = request.app_data::<Data<App>>();
    let public = app.and_then(|app| app.config.server.public_url.0.as_deref());
    // What readers' connections are says nothing of one to the dashboard's own listener.
    if let Some(url) = public.filter(|_| own_door(request).is_none()) {
        return url.starts_with("https:");
    }
    let from_proxy = is_trusted(peer(request), trusted(request));
    request.app_config().secure()
        || from_proxy
            && header(request, "x-forwarded-proto").is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

/// The page's origin as the browser states it. Only browsers send it, and they always do on a POST.
#[must_use]
pub fn origin(request: &HttpRequest) -> Option<String> {
    let said: Vec<_> = request.headers().get_all(ORIGIN).map(HeaderValue::as_bytes).collect();
    // Several, or one that is no text, are nobody's; but they are not none.
    (!said.is_empty()).then(|| String::from_utf8_lossy(&said.join(&b", "[..])).into_owned())
}

/// Whether a browser says that the request comes from one of our own pages. A client that says
/// nothing at all is no browser, and carries no cookie of somebody else's.
#[must_use]
pub fn is_same_origin(request: &HttpRequest) -> bool {
    match (header(request, "sec-fetch-site").as_deref(), origin(request)) {
        (Some("same-origin" | "none"), _) | (None, None) => true,
        (Some(_), _) => false,
        (None, Some(origin)) => origin == dashboard_url(request),
    }
}

#[must_use]
pub fn header(request: &HttpRequest, name: &str) -> Option<String> {
    request.headers().get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned)
}

fn peer(request: &HttpRequest) -> IpAddr {
    request.peer_addr().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip().to_canonical())
}

fn trusted(request: &HttpRequest) -> &[Network] {
    request.app_data::<Data<App>>().map_or(&[], |app| &app.config.server.trusted_proxies)
}

fn is_trusted(address: IpAddr, proxies: &[Network]) -> bool {
    proxies.iter().any(|network| network.contains(address))
}

/// Walks from our side outwards: each trusted hop is believed about the one before it, and the first
/// that is not trusted is the client.
fn behind_proxies(peer: IpAddr, forwarded: &str, proxies: &[Network]) -> IpAddr {
    let mut client = peer;
    for hop in forwarded.rsplit(',') {
        let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
        if !is_trusted(client, proxies) {
            break;
        }
        client = hop.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn proxies() -> Vec<Network> {
        vec!["127.0.0.1".parse().unwrap(), "10.0.0.0/8".parse().unwrap()]
    }

    #[test]
    fn forwarded_headers_from_anyone_else_are_ignored() {
        assert_eq!(behind_proxies(ip("203.0.113.9"), "198.51.100.1", &proxies()), ip("203.0.113.9"));
        assert_eq!(behind_proxies(ip("127.0.0.1"), "198.51.100.1", &[]), ip("127.0.0.1"));
    }

    #[test]
    fn a_trusted_proxy_is_believed_about_the_hop_before_it_only() {
        let chain = "6.6.6.6, 198.51.100.1, 10.1.2.3";
        assert_eq!(behind_proxies(ip("127.0.0.1"), chain, &proxies()), ip("198.51.100.1"));
        assert_eq!(behind_proxies(ip("127.0.0.1"), "nonsense", &proxies()), ip("127.0.0.1"));
        assert_eq!(behind_proxies(ip("127.0.0.1"), "", &proxies()), ip("127.0.0.1"));
    }

    #[test]
    fn what_is_kept_of_an_address_is_a_network() {
        assert_eq!(shortened(ip("203.0.113.77")), "203.0.113.0/24");
        assert_eq!(shortened(ip("::ffff:203.0.113.77")), "203.0.113.0/24");
        assert_eq!(shortened(ip("2001:db8:1:2:aaaa::1")), "2001:db8:1::/48");
    }

    #[test]
    fn an_ipv6_household_is_one_address() {
        assert_eq!(network_of(ip("2001:db8:1:2:aaaa::1")), network_of(ip("2001:db8:1:2:bbbb::9")));
        assert_ne!(network_of(ip("2001:db8:1:2::1")), network_of(ip("2001:db8:1:3::1")));
        assert_eq!(network_of(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
    }
}
