//! Address ranges: which are private, which are as good as the whole internet.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// A range as AWS reads it: bits past the prefix do not count.
pub fn parse(text: &str) -> Option<IpNet> {
    text.trim().parse::<IpNet>().ok().map(|net| net.trunc())
}

/// Ranges that are not routed on the internet: RFC 1918, RFC 6598 (carrier-grade NAT), loopback, link-local, RFC 4193 (IPv6).
const PRIVATE: [&str; 8] =
    ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10"];

/// Whether the range lies within private space.
pub fn is_private(net: &IpNet) -> bool {
    PRIVATE.iter().filter_map(|p| parse(p)).any(|private| private.contains(net))
}

/// A range of private space wider than any VPC's (/16).
pub fn is_wide_private(net: &IpNet) -> bool {
    is_private(net) && net.prefix_len() < 16
}

/// A range of public space of /8 or wider.
pub fn is_wide_public(net: &IpNet) -> bool {
    !is_private(net) && net.prefix_len() <= 8
}

/// Whether the text is every address, IPv4 or IPv6.
pub fn is_everything(net: &IpNet) -> bool {
    net.prefix_len() == 0
}

/// How much of the internet a set of ranges lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Openness {
    /// All of it.
    Whole,
    /// Half of the IPv4 addresses or more: nobody's own networks are that large.
    Most,
}

/// How open these ranges are together: `0.0.0.0/1` and `128.0.0.0/1` are as good as `0.0.0.0/0`, and so is everything but the
/// private ranges. `None` where they hold less than half of the IPv4 addresses and not all of IPv6's public ones.
pub fn openness<'a>(nets: impl IntoIterator<Item = &'a IpNet>) -> Option<Openness> {
    let (mut v4, mut v6) = (Vec::new(), Vec::new());
    for net in nets {
        match net {
            IpNet::V4(net) => v4.push(*net),
            IpNet::V6(net) => v6.push(*net),
        }
    }
    let v4 = Ipv4Net::aggregate(&v4);
    let v6 = Ipv6Net::aggregate(&v6);
    // Every address that IANA has given out for the internet lies in 2000::/3 (RFC 4291).
    let global = |net: &Ipv6Net| net.prefix_len() <= 3 && net.contains(&std::net::Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0));
    if v4.iter().any(|n| n.prefix_len() == 0) || v6.iter().any(global) {
        return Some(Openness::Whole);
    }
    let addresses: u64 = v4.iter().map(|n| 1u64 << (32 - n.prefix_len())).sum();
    (addresses >= 1 << 31).then_some(Openness::Most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nets(texts: &[&str]) -> Vec<IpNet> {
        texts.iter().map(|t| parse(t).unwrap()).collect()
    }

    #[test]
    fn host_bits_do_not_count_and_bare_addresses_are_no_range() {
        assert_eq!(parse("10.0.3.7/16"), parse("10.0.0.0/16"));
        assert_eq!(parse("10.0.0.0"), None);
        assert_eq!(parse("10.0.0.0/33"), None);
        assert_eq!(parse(" 10.0.0.0/8 "), parse("10.0.0.0/8"));
    }

    #[test]
    fn private_space() {
        for text in ["10.0.0.0/8", "172.31.0.0/16", "192.168.1.0/24", "100.64.0.0/10", "fd12:3456::/32"] {
            assert!(is_private(&parse(text).unwrap()), "{text}");
        }
        for text in ["8.0.0.0/6", "172.0.0.0/8", "192.168.0.0/15", "0.0.0.0/0", "2001:db8::/32", "203.0.113.7/32"] {
            assert!(!is_private(&parse(text).unwrap()), "{text}");
        }
    }

    #[test]
    fn a_vpc_is_not_wide_and_rfc_1918_as_a_whole_is() {
        assert!(!is_wide_private(&parse("10.0.0.0/16").unwrap()));
        assert!(is_wide_private(&parse("10.0.0.0/15").unwrap()));
        assert!(is_wide_private(&parse("172.16.0.0/12").unwrap()));
        assert!(!is_wide_private(&parse("192.168.0.0/16").unwrap()));
        assert!(is_wide_public(&parse("3.0.0.0/8").unwrap()));
        assert!(!is_wide_public(&parse("52.94.0.0/16").unwrap()));
    }

    #[test]
    fn halves_make_a_whole() {
        assert_eq!(openness(&nets(&["0.0.0.0/0"])), Some(Openness::Whole));
        assert_eq!(openness(&nets(&["::/0"])), Some(Openness::Whole));
        assert_eq!(openness(&nets(&["0.0.0.0/1", "128.0.0.0/1"])), Some(Openness::Whole));
        assert_eq!(openness(&nets(&["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"])), Some(Openness::Whole));
        assert_eq!(openness(&nets(&["::/1", "8000::/1"])), Some(Openness::Whole));
        assert_eq!(openness(&nets(&["2000::/4", "3000::/4"])), Some(Openness::Whole));
        assert_eq!(openness(&nets(&["8000::/1"])), None);
    }

    #[test]
    fn everything_but_the_private_ranges_is_most_of_the_internet() {
        let all_but_ten = ["0.0.0.0/5", "8.0.0.0/7", "11.0.0.0/8", "12.0.0.0/6", "16.0.0.0/4", "32.0.0.0/3", "64.0.0.0/2", "128.0.0.0/1"];
        assert_eq!(openness(&nets(&all_but_ten)), Some(Openness::Most));
        assert_eq!(openness(&nets(&["10.0.0.0/8", "52.0.0.0/8"])), None);
        assert_eq!(openness(&nets(&["0.0.0.0/2", "64.0.0.0/3"])), None);
        assert_eq!(openness(&[]), None);
    }
}
